from __future__ import annotations

import pytest

from edict.core.diagnostic import EdictError
from edict.text.ingest import read_text
from edict.text.lookup import find_document

GAZETTE = read_text(
    "甲市人民政府关于养牛的意见\n\n甲政〔2030〕6号\n\n2030年4月1日\n\n甲。\n\n"
    "甲市人民政府关于养羊的意见\n\n甲政〔2030〕7号\n\n2030年4月2日\n\n乙。\n",
    "甲.txt",
)


@pytest.mark.parametrize(
    "reference",
    ["甲政〔2030〕7号", "甲政[2030]7号", "甲政（2030）7号", "关于养羊的意见", "养羊"],
)
def test_a_document_is_found_by_number_or_title(reference: str) -> None:
    assert find_document(GAZETTE, reference).issued is not None
    assert find_document(GAZETTE, reference).number == "甲政〔2030〕7号"


def test_an_unknown_number_names_the_nearest_ones() -> None:
    with pytest.raises(EdictError, match="T202") as caught:
        find_document(GAZETTE, "甲政〔2030〕8号")
    assert "甲政〔2030〕7号" in caught.value.diagnostics[0].hint


def test_a_title_that_fits_several_names_their_places() -> None:
    with pytest.raises(EdictError, match="T203") as caught:
        find_document(GAZETTE, "的意见")
    assert "甲.txt:1" in caught.value.diagnostics[0].message
    assert "甲.txt:9" in caught.value.diagnostics[0].message


@pytest.mark.parametrize("reference", ["", "#", "#1", "甲政〔2030〕7号#3", "\x00", "甲" * 5000])
def test_a_senseless_reference_is_told(reference: str) -> None:
    with pytest.raises(EdictError, match="T202"):
        find_document(GAZETTE, reference)
