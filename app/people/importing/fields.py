"""The cells of a row as typed values; what can't be read becomes a problem of its column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import TypeVar
from uuid import UUID

from app.kit.ids import is_uuid7
from app.kit.schema import IN_FORCE, LAST_DAY
from app.people.importing.problems import Findings
from app.people.importing.reading import Row

V = TypeVar("V")
MOST_CHARACTERS = 200
PHONE = re.compile(r"1[0-9]{10}", re.ASCII)
DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", re.ASCII)


@dataclass(frozen=True)
class Cells:
    """A row being read."""

    row: Row
    findings: Findings

    def _take(self, column: str) -> str | None:
        return self.row.cells.get(column) or None

    def wrong(self, column: str, code: str, **facts: object) -> None:
        """Note what is wrong with a cell."""
        self.findings.add(self.row.place, column, code, **facts)

    def text(self, column: str) -> str:
        """A line of text that must be there."""
        found = self._take(column)
        if found is None:
            self.wrong(column, "missing")
        elif len(found) > MOST_CHARACTERS:
            self.wrong(column, "too_long", most=MOST_CHARACTERS)
        return found or ""

    def code(self, column: str, *lengths: int) -> str | None:
        """A division code of one of some lengths."""
        found = self._take(column)
        if found is None:
            self.wrong(column, "missing")
            return None
        return self.checked_code(column, found, *lengths)

    def code_if_any(self, column: str, *lengths: int) -> str | None:
        """A division code that may be left out."""
        found = self._take(column)
        return None if found is None else self.checked_code(column, found, *lengths)

    def checked_code(self, column: str, found: str, *lengths: int) -> str | None:
        """The code itself if it is one."""
        if found.isascii() and found.isdigit() and len(found) in lengths:
            return found
        self.wrong(column, "not_a_code", digits=" / ".join(map(str, lengths)))
        return None

    def phone(self, column: str) -> str | None:
        """A mobile number."""
        found = self.text(column)
        if found and not PHONE.fullmatch(found):
            self.wrong(column, "not_a_phone")
            return None
        return found or None

    def number(self, column: str, low: float, high: float) -> float | None:
        """A number between two bounds, both included."""
        found = self.text(column)
        try:
            value = float(found)
        except ValueError:
            value = float("nan")
        if isfinite(value) and low <= value <= high:
            return value
        if found:
            self.wrong(column, "not_a_number", low=low, high=high)
        return None

    def day(self, column: str, earliest: date = IN_FORCE) -> date | None:
        """A date that may be left out; in the regulation's time unless told otherwise."""
        found = self._take(column)
        if found is None:
            return None
        parts = DAY.fullmatch(found.removesuffix(" 00:00:00"))
        try:
            value = date(*map(int, parts.groups())) if parts else None
        except ValueError:
            value = None
        if value is None or not earliest <= value <= LAST_DAY:
            self.wrong(column, "not_a_date", earliest=earliest, latest=LAST_DAY)
            return None
        return value

    def key(self, column: str) -> UUID | None:
        """A key that the system made; may be left out."""
        found = self._take(column)
        if found is None:
            return None
        try:
            value = UUID(found)
        except ValueError:
            value = None
        if value is None or not is_uuid7(value):
            self.wrong(column, "not_a_key")
            return None
        return value

    def word(self, column: str, words: Mapping[str, V]) -> V | None:
        """One of some words, in either language; may be left out."""
        found = self._take(column)
        if found is None:
            return None
        value = words.get(found.lower())
        if value is None:
            self.wrong(column, "not_a_word", words=" / ".join(words))
        return value
