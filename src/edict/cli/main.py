"""The ``edict`` command: finds each command's module when it is called, and turns faults into exit codes.

Modules are imported on use, so that a command starts without the libraries of the others.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from edict.core.diagnostic import EdictError

# command -> module under edict.cli that holds it in COMMANDS
HOMES = {
    "ingest": "text_commands",
    "documents": "text_commands",
    "clauses": "text_commands",
    "show": "text_commands",
    "search": "text_commands",
    "new": "pack_commands",
    "lock": "pack_commands",
    "check": "pack_commands",
    "coverage": "pack_commands",
    "facts": "rule_commands",
    "match": "rule_commands",
    "ask": "rule_commands",
    "simulate": "rule_commands",
    "replay": "rule_commands",
}


class Edict(click.Group):
    """A group of lazily imported commands that prints an :class:`EdictError` instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the command names in the order of the policy chain."""
        return list(HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds the command."""
        home = HOMES.get(cmd_name)
        if home is None:
            return None
        commands: list[click.Command] = import_module(f"edict.cli.{home}").COMMANDS
        return next((each for each in commands if each.name == cmd_name), None)

    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen command; a fault the user can mend ends with exit code 1."""
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


if __name__ == "__main__":
    sys.exit(main())
