from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sample_library import TEXTS, document

from edict.packs.fingerprint import Lock
from edict.packs.lock import compare, make_lock, render_lock, write_lock

if TYPE_CHECKING:
    from edict.packs.load import Pack


def changed(**texts: str) -> Lock:
    return make_lock(document({**TEXTS, **texts}))


def test_a_lock_is_read_back_as_it_was_made(pack: Pack) -> None:
    lock = make_lock(document())
    assert Lock.model_validate_json(render_lock(lock)) == lock == pack.lock


def test_a_lock_has_one_line_per_clause_in_the_order_of_the_document() -> None:
    lines = [line for line in render_lock(make_lock(document())).splitlines() if '"hash"' in line]
    assert [json.loads("{" + line.rstrip(",") + "}").popitem()[0] for line in lines] == list(TEXTS)


def test_a_lock_keeps_figures_and_no_words() -> None:
    lock = make_lock(document())
    assert ("500000元",) in lock.clauses["一/（一）"].figures
    assert "投资" not in render_lock(lock)
    assert lock.clauses["附件1"].heading_only


def test_width_and_spaces_do_not_change_the_fingerprint_but_words_do() -> None:
    base = make_lock(document()).clauses["二"].hash
    assert changed(二="加强 宣传。").clauses["二"].hash == base
    assert changed(二="加强监督。").clauses["二"].hash != base


def test_a_name_with_digits_is_no_figure() -> None:
    assert changed(二="世界500强企业。").clauses["二"].figures == ()


def test_a_changed_added_or_removed_clause_is_named() -> None:
    old = make_lock(document())
    texts = {**TEXTS, "二": "加强监督。", "三": "新条。"}
    del texts["二/（一）"]
    found = compare("lock.json", old, make_lock(document(texts)))
    assert [(d.code, d.message.partition("：")[2]) for d in found] == [
        ("P141", "改动了二。"),
        ("P141", "新增了三。"),
        ("P141", "删去了二/（一）。"),
    ]


def test_another_document_is_noticed() -> None:
    (found,) = compare("lock.json", make_lock(document()), make_lock(document(number="测政〔2022〕9号")))
    assert "9号" in found.message


def test_an_equal_lock_is_silent_and_not_written_again(pack: Pack) -> None:
    lock = make_lock(document())
    assert compare("lock.json", lock, lock) == ()
    assert not write_lock(pack, lock)
    assert write_lock(pack, changed(二="加强监督。"))
    assert pack.lock == changed(二="加强监督。")
