"""The ``edict`` command: registers the commands of the other modules and turns faults into exit codes."""

from __future__ import annotations

import sys

import click

from edict.core.diagnostic import EdictError


class Edict(click.Group):
    """A group that prints an :class:`EdictError` as its diagnostics and exits 1 instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except EdictError as fault:
            for each in fault.diagnostics:
                click.echo(each.render(), err=True)
            ctx.exit(1)


@click.group(cls=Edict, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="edict")
def main() -> None:
    """政令通：把公报变成可以执行、逐条有据的规则。"""


def register() -> None:
    """Add the commands of every command module to :func:`main`."""
    from edict.cli import text_commands

    for command in text_commands.COMMANDS:
        main.add_command(command)


register()

if __name__ == "__main__":
    sys.exit(main())
