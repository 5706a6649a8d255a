"""Every diagnostic code with its meaning; codes are never reused. Letters: T text, P pack, R rule, F facts."""

from __future__ import annotations

CODES: dict[str, str] = {}
