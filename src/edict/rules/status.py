"""The five answers a rule can give, in the order in which one hides another."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What a rule says about a subject; the integer is what the back ends compute."""

    NO = 0
    UNKNOWN = 1
    ATTEST = 2
    NO_BASIS = 3
    YES = 4

    @property
    def label(self) -> str:
        """Return the Chinese word shown to people.

        >>> Status.UNKNOWN.label
        '待补充'
        """
        return LABELS[self]


STATUSES = tuple(Status)  # by number
LABELS = {
    Status.NO: "不符合",
    Status.UNKNOWN: "待补充",
    Status.ATTEST: "待认定",
    Status.NO_BASIS: "无依据",
    Status.YES: "符合",
}
BY_LABEL = {label: status for status, label in LABELS.items()}
