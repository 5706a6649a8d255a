"""Packs are found by folder and loaded into a library; there is no registry.

A folder that holds ``document.yml`` is a pack; folders whose names begin with ``_`` or ``.`` are skipped. Examples, gaps and
the lock are read when first asked for, because matching a subject against the rules needs none of them.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pydantic import ValidationError

from edict.core.diagnostic import Diagnostic, EdictError, Place
from edict.packs.fingerprint import Lock
from edict.packs.model import DocumentFile, Examples, FactsFile, GapsFile, Group, Jurisdiction, Name, Rule
from edict.packs.strict_yaml import source_line
from edict.packs.validate import Source, read_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edict.packs.model import Fact, Subject

P = ParamSpec("P")
T = TypeVar("T")

REQUIRED = ("document.yml", "rules.yml")
OPTIONAL = ("facts.yml", "groups.yml", "examples.yml", "gaps.yml")
LOCK = "lock.json"


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """One document's executable content; ``hash`` is the SHA-256 over its content files, the lock excluded."""

    id: str
    path: Path
    shown: str
    document: DocumentFile
    facts: FactsFile
    rules: dict[str, Rule]
    groups: dict[str, Group]
    hash: str
    sources: Mapping[str, Source]

    @property
    def examples(self) -> dict[str, Examples]:
        """Return the worked cases by rule; raises EdictError when the file is faulty."""
        return _examples(self.source("examples.yml"))

    @property
    def gaps(self) -> GapsFile:
        """Return what is not executed and why; raises EdictError when the file is faulty."""
        return _gaps(self.source("gaps.yml"))

    @property
    def lock(self) -> Lock | None:
        """Return the fingerprint of the text, None where none was made; raises EdictError when it is faulty."""
        path = self.path / LOCK
        return _lock(Source.read(path, f"{self.shown}/{LOCK}")) if path.exists() else None

    def source(self, file: str) -> Source:
        """Return the text of one content file, empty for an optional file that is absent."""
        return self.sources.get(file) or Source(f"{self.shown}/{file}", "")

    def place(self, file: str, *keys: str | int) -> Place:
        """Return the place of a value, such as ``pack.place("rules.yml", "甲", "when", 0)``."""
        return self.source(file).place(*keys)

    def source_line(self, place: Place) -> str:
        """Return the line of a content file at a place, empty where the place is in none of them."""
        return next(
            (source_line(s.text, place.line) for s in self.sources.values() if s.shown == place.path),
            "",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Every pack of a root folder with what they share."""

    root: Path
    packs: tuple[Pack, ...]
    jurisdiction: Jurisdiction
    vocabulary: FactsFile
    vocabulary_sources: tuple[Source, ...]
    facts: Mapping[str, Fact]
    subjects: Mapping[str, Subject]

    def pack(self, name: str) -> Pack:
        """Return a pack by folder name or document number.

        Raises:
            EdictError: no pack, or more than one, has this name.
        """
        found = [p for p in self.packs if p.id == name] or [
            p for p in self.packs if p.document.number == name
        ]
        if len(found) == 1:
            return found[0]
        known = "、".join(p.id for p in self.packs) or "（一个也没有）"
        reason = f"没有政策包“{name}”。" if not found else f"有 {len(found)} 个政策包的文号是“{name}”。"
        raise EdictError(Diagnostic("P120", reason, f"请用文件夹名指明，现有：{known}。"))

    def with_packs(self, packs: tuple[Pack, ...]) -> Library:
        """Return a library of other packs under the same jurisdiction and vocabulary."""
        return _library(self.root, packs, self.jurisdiction, self.vocabulary_sources, self.vocabulary)

    def rule(self, reference: str) -> tuple[Pack, Rule]:
        """Return a rule by ``pack#rule``.

        Raises:
            EdictError: the pack or the rule does not exist, or the reference has no ``#``.
        """
        name, mark, rule = reference.partition("#")
        if not mark:
            raise EdictError(Diagnostic("P121", f"“{reference}”不是规则的写法。", "请写成“包#规则”。"))
        pack = self.pack(name)
        if rule not in pack.rules:
            known = "、".join(pack.rules) or "（一条也没有）"
            raise EdictError(
                Diagnostic("P121", f"政策包“{pack.id}”没有规则“{rule}”。", f"现有规则：{known}。"),
            )
        return pack, pack.rules[rule]


def pack_root() -> Path:
    """Return the folder of packs: ``EDICT_PACKS``, else ``packs`` beside the working directory or the project."""
    named = os.environ.get("EDICT_PACKS")
    if named:
        return Path(named)
    here = Path("packs")
    return here if here.is_dir() else Path(__file__).resolve().parents[3] / "packs"


def find_packs(root: Path) -> list[Path]:
    """Return the folders that hold ``document.yml``, sorted; those under a ``_`` or ``.`` folder excepted."""
    return sorted(folder for folder, files in _walk(root) if "document.yml" in files)


def load_pack(path: Path, shown: str = "") -> Pack:
    """Load one folder.

    Raises:
        EdictError: with every fault of every file that was read.
    """
    shown = shown or str(path)
    faults: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    for file in (*REQUIRED, *OPTIONAL):
        if file in REQUIRED or (path / file).exists():
            source = _collect(faults, Source.read, path / file, f"{shown}/{file}")
            sources.update({file: source} if source else {})

    def content(file: str, kind: type[T]) -> T | None:
        return _collect(faults, read_model, sources.get(file, Source(f"{shown}/{file}", "")), kind)

    document = content("document.yml", DocumentFile) if "document.yml" in sources else None
    facts, rules, groups = (
        content("facts.yml", FactsFile),
        content("rules.yml", dict[Name, Rule]),
        content("groups.yml", dict[Name, Group]),
    )
    if faults or document is None or facts is None or rules is None or groups is None:
        raise EdictError(*faults)
    digest = hashlib.sha256()
    for file, source in sorted(sources.items()):
        digest.update(f"{file}\0{len(source.text)}\0{source.text}".encode())
    return Pack(path.name, path, shown, document, facts, rules, groups, digest.hexdigest(), sources)


def load_library(root: Path | None = None, *, report: list[Diagnostic] | None = None) -> Library:
    """Load every pack under a root with its jurisdiction and vocabulary.

    Args:
        root: the folder of packs; :func:`pack_root` by default.
        report: where given, faulty packs are left out and their faults appended here.

    Raises:
        EdictError: with the faults of all files; with ``report`` only when the root or the jurisdiction is unusable.
    """
    root = root or pack_root()
    if not root.is_dir():
        raise EdictError(
            Diagnostic(
                "P122",
                f"没有政策包文件夹“{root}”。",
                "请设置 EDICT_PACKS，或在含有 packs 的文件夹中运行。",
            ),
        )
    faults: list[Diagnostic] = []
    folders = list(_walk(root))
    jurisdiction = _jurisdiction(
        [folder for folder, files in folders if "jurisdiction.yml" in files],
        root,
        faults,
    )
    sources, vocabulary = _vocabulary(root, faults)
    packs = [_collect(faults, load_pack, path) for path in find_packs(root)]
    faults += [
        Diagnostic(
            "P101",
            "文件夹里有 rules.yml 却没有 document.yml。",
            "请补上 document.yml，或删去这个文件夹。",
            Place(str(folder)),
        )
        for folder, files in folders
        if "rules.yml" in files and "document.yml" not in files
    ]
    if jurisdiction is None or (faults and report is None):
        raise EdictError(*faults)
    if report is not None:
        report.extend(faults)
    return _library(root, tuple(p for p in packs if p), jurisdiction, sources, vocabulary)


def _library(
    root: Path,
    packs: tuple[Pack, ...],
    jurisdiction: Jurisdiction,
    sources: tuple[Source, ...],
    vocabulary: FactsFile,
) -> Library:
    """Merge what packs declare; the vocabulary wins, and differing declarations are for :mod:`edict.packs.check` to report."""
    facts, subjects = dict(vocabulary.facts), dict(vocabulary.subjects)
    for pack in packs:
        for name, fact in pack.facts.facts.items():
            facts.setdefault(name, fact)
        for name, subject in pack.facts.subjects.items():
            subjects.setdefault(name, subject)
    return Library(root, packs, jurisdiction, vocabulary, sources, facts, subjects)


def _jurisdiction(folders: list[Path], root: Path, faults: list[Diagnostic]) -> Jurisdiction | None:
    if len(folders) != 1:
        reason = "没有 jurisdiction.yml" if not folders else f"有 {len(folders)} 个 jurisdiction.yml"
        faults.append(
            Diagnostic(
                "P123",
                f"政策包文件夹里{reason}。",
                "一个政策包文件夹只放一个地方，且必须有它的 jurisdiction.yml。",
                Place(str(root)),
            ),
        )
        return None
    path = folders[0] / "jurisdiction.yml"
    return _collect(faults, _read_jurisdiction, path)


def _read_jurisdiction(path: Path) -> Jurisdiction:
    return read_model(Source.read(path, str(path)), Jurisdiction)


def _vocabulary(root: Path, faults: list[Diagnostic]) -> tuple[tuple[Source, ...], FactsFile]:
    sources: list[Source] = []
    facts: dict[str, Fact] = {}
    subjects: dict[str, Subject] = {}
    for path in sorted(
        folder / file for folder, files in _walk(root) if folder.name == "vocabulary" for file in files
    ):
        if path.suffix != ".yml":
            continue
        source = _collect(faults, Source.read, path, str(path))
        content = _collect(faults, read_model, source, FactsFile) if source else None
        if source is None or content is None:
            continue
        sources.append(source)
        faults += [
            source.fault(
                "P124",
                f"“{name}”在另一个词汇文件里已经声明。",
                "请只保留一处。",
                section,
                name,
                key=True,
            )
            for section, own, known in (
                ("facts", content.facts, facts),
                ("subjects", content.subjects, subjects),
            )
            for name in own
            if name in known
        ]
        facts |= content.facts
        subjects |= content.subjects
    return tuple(sources), FactsFile(facts=facts, subjects=subjects)


def _walk(root: Path) -> Iterator[tuple[Path, list[str]]]:
    for folder, below, files in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith(("_", ".")))
        yield Path(folder), files


def _collect(faults: list[Diagnostic], work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    try:
        return work(*args, **kwargs)
    except EdictError as fault:
        faults.extend(fault.diagnostics)
        return None


@lru_cache(maxsize=128)
def _examples(source: Source) -> dict[str, Examples]:
    return read_model(source, dict[Name, Examples])


@lru_cache(maxsize=128)
def _gaps(source: Source) -> GapsFile:
    return read_model(source, GapsFile)


@lru_cache(maxsize=128)
def _lock(source: Source) -> Lock:
    try:
        return Lock.model_validate_json(source.text)
    except ValidationError as fault:
        detail = fault.errors(include_url=False)[0]
        where = ".".join(map(str, detail["loc"])) or "全文"
        raise EdictError(
            Diagnostic(
                "P125",
                f"lock.json 已损坏（{where}）。",
                "它由程序生成，请用 edict lock 重新生成。",
                Place(source.shown),
            ),
        ) from None
