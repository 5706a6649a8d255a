"""The set as a real pack folder, read by the same loader as every other pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from benchmarks.rules import (
    COUNTS,
    ENUMS,
    FLAGS,
    MONEY,
    WAN,
    Flat,
    Membership,
    PerUnit,
    Rate,
    Rule,
    Steps,
    Tiers,
)

if TYPE_CHECKING:
    from pathlib import Path

SUBJECT = "企业"


def write_pack(root: Path, rules: tuple[Rule, ...]) -> None:
    """Write a root of packs that holds one pack with these rules."""
    folder = root / "bench"
    folder.mkdir(parents=True)
    files = {
        root / "jurisdiction.yml": {
            "name": "测试市",
            "areas": ["一区"],
            "units": {},
            "fiscal_levels": ["市", "区"],
        },
        folder / "document.yml": _document(),
        folder / "facts.yml": {"subjects": {SUBJECT: {}}, "facts": _facts()},
        folder / "rules.yml": {each.name: _rule(each) for each in rules},
        folder / "examples.yml": {},
        folder / "gaps.yml": {"clauses": {}, "figures": {}},
    }
    for path, content in files.items():
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _document() -> dict[str, object]:
    start = "2022-01-01"
    return {
        "schema": "1",
        "number": "测政〔2022〕1号",
        "title": "测速用规则",
        "issuer": "测试市人民政府",
        "issued": start,
        "in_force": {"from": start},
        "status": "checked",
    }


def _facts() -> dict[str, dict[str, object]]:
    kinds: dict[str, dict[str, object]] = {name: {"type": "money"} for name in MONEY}
    kinds |= {name: {"type": "count", "unit": unit} for name, unit in COUNTS.items()}
    kinds |= {name: {"type": "bool"} for name in FLAGS}
    kinds |= {name: {"type": "enum", "values": list(values)} for name, values in ENUMS.items()}
    return {name: {"of": SUBJECT, **kind, "ask": f"{name}？"} for name, kind in kinds.items()}


def _rule(rule: Rule) -> dict[str, object]:
    body: dict[str, object] = {"clause": "一", "kind": "grant", "class": "奖补", "for": SUBJECT}
    parameters: dict[str, str] = {}
    body["parameters"] = parameters
    when: list[object] = []
    for n, (fact, figure) in enumerate(rule.when.at_least):
        parameters[f"门槛{n}"] = _figure(fact, figure)
        when.append(f"{fact} >= 门槛{n}")
    when += rule.when.flags
    if rule.when.any_of:
        when.append({"any": list(rule.when.any_of)})
    when += [_among(fact, values) for fact, values in rule.when.among]
    body["when"] = when
    return body | _amount(rule, parameters)


def _among(fact: str, values: tuple[str, ...]) -> str:
    if len(values) == 1:
        return f"{fact} = '{values[0]}'"
    listed = ", ".join(f"'{each}'" for each in values)
    return f"{fact} in ({listed})"


def _amount(rule: Rule, parameters: dict[str, str]) -> dict[str, object]:
    match rule.amount:
        case Rate(base=base, basis_points=points, cap=cap):
            parameters |= {"比率": _percent(points), "上限": _money(cap)}
            return {"amount": f"{base} * 比率", "cap": {"at": "上限"}}
        case Flat(fen=fen):
            parameters["定额"] = _money(fen)
            return {"amount": "定额"}
        case Steps(base=base, bands=bands):
            ends = [start for start, _ in bands[1:]]
            rows = [{"from": _money(start), "value": _money(fen)} for start, fen in bands]
            for row, end in zip(rows, ends, strict=False):
                row["below"] = _money(end)
            return {"tables": {"标准": {"tiers": base, "bands": rows}}, "amount": "标准"}
        case Tiers(base=base, bands=bands, cap=cap):
            parameters["上限"] = _money(cap)
            rows = [
                {"above": _money(start), "value": _percent(points)} if start else {"value": _percent(points)}
                for start, points in bands
            ]
            for row, (end, _) in zip(rows, bands[1:], strict=False):
                row["to"] = _money(end)
            return {
                "tables": {"累进": {"tiers": base, "mode": "marginal", "bands": rows}},
                "amount": "累进",
                "cap": {"at": "上限"},
            }
        case PerUnit(base=base, each=each, fen=fen, cap=cap):
            parameters["上限"] = _money(cap)
            if base in COUNTS:
                parameters["单价"] = f"{fen // 100}元/{COUNTS[base]}"
                return {"amount": f"{base} * 单价", "cap": {"at": "上限"}}
            parameters |= {"每满": _money(each), "每份": _money(fen)}
            return {"amount": f"floor({base} / 每满) * 每份", "cap": {"at": "上限"}}
        case Membership(by=by, fen=sums):
            return {
                "tables": {"标准": {"by": by, "values": {value: _money(fen) for value, fen in sums}}},
                "amount": "标准",
            }


def _figure(fact: str, figure: int) -> str:
    return f"{figure}{COUNTS[fact]}" if fact in COUNTS else _money(figure)


def _money(fen: int) -> str:
    return f"{fen // WAN}万元" if fen % WAN == 0 else f"{fen // 100}元"


def _percent(points: int) -> str:
    return f"{points // 100}.{points % 100:02d}%"
