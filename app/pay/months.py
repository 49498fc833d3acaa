"""Months as the contract writes them: 2026-10."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

WRITTEN = re.compile(r"^(20[1-9][0-9])-(0[1-9]|1[0-2])$", re.ASCII)
EARLIEST = date(2017, 9, 1)


def read_month(written: object) -> date:
    """The first date of a month; ValueError for anything that is none."""
    if isinstance(written, date):
        return written.replace(day=1)
    found = WRITTEN.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError("must be a month such as 2026-10")
    first = date(int(found[1]), int(found[2]), 1)
    if first < EARLIEST:
        raise ValueError("must not lie before 2017-09")
    return first


def written_month(month: date) -> str:
    """As the contract has it."""
    return f"{month:%Y-%m}"


PayMonth = Annotated[
    date,
    BeforeValidator(read_month),
    PlainSerializer(written_month, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": "^20[1-9][0-9]-(0[1-9]|1[0-2])$", "examples": ["2026-10"]}
    ),
]
"""Inside it is the month's first date."""
