"""A platform's own words, unit codes and field names as data, checked when they are loaded (INT-1).

`words.toml` of a platform's folder:

* `[words.<kind>]`: our word = theirs; every word of ours has one.
* `[back.<kind>]`: theirs = ours, where it does not follow from `words`; "" for a word of theirs
  that means nothing of ours.
* `[envelope]`: what surrounds every message.
* `[out."<our type>"]` and `[in.<their type>]`: a message's type and its fields.

`units.csv`: our unit codes and theirs, where theirs is not the division code.
"""

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.platforms.sayings import Known, Word, allowed, needed
from app.rules.cards import Colour
from app.rules.exchange import MessageKind
from app.rules.field_records import IncidentCategory, Severity
from app.rules.incidents import Act, Score, State
from app.rules.information import RecordKind, RecordState
from app.rules.tiers import Tier

OF_OURS: Mapping[str, type[StrEnum]] = MappingProxyType(
    {
        "state": State,
        "severity": Severity,
        "colour": Colour,
        "tier": Tier,
        "act": Act,
        "score": Score,
        "category": IncidentCategory,
        "record_kind": RecordKind,
        "record_state": RecordState,
    }
)
"""Kinds of words that every platform must have a word for, each of ours."""
PLAIN = frozenset({"line", "text", "whole", "instant", "key", "unit"})
"""What a field can be beside a word."""
NOTHING_OF_OURS = ""
ENVELOPE = frozenset({"id", "type", "subject_kind", "subject", "number", "occurred_at"})
"""What surrounds every message; `content` beside it where the fields are one level below."""


class MappingBroken(Exception):
    """A platform's tables contradict themselves or leave something out; says what."""


@dataclass(frozen=True)
class Field:
    """One field: what it is called there, and how its value is written."""

    name: str
    kind: str = "line"
    """One of PLAIN, or a kind of words."""


@dataclass(frozen=True)
class Form:
    """One type of message and its fields by our names."""

    type: Word
    fields: Mapping[str, Field]


@dataclass(frozen=True)
class Tables:
    """All of a platform's folder."""

    theirs: Mapping[str, Mapping[str, Word]]
    """By kind, ours to theirs."""
    ours: Mapping[str, Mapping[str, Known]]
    """By kind, theirs (as text) to ours."""
    units: Mapping[str, str]
    units_back: Mapping[str, str]
    envelope: Mapping[str, str]
    out: Mapping[str, Form]
    """By our type."""
    into: Mapping[str, tuple[MessageKind, Form]]
    """By their type, as text."""

    def word_for(self, kind: str, ours: str) -> Word:
        """Theirs; of a second-level category the parent's, of one of the city's own other's."""
        words = self.theirs.get(kind, {})
        if kind == "category" and ours not in words:
            ours = ours.partition(".")[0]
            ours = ours if ours in words else IncidentCategory.OTHER.value
        return words.get(ours, ours)

    def standing_for(self, kind: str, ours: str) -> Known:
        """A word of ours with theirs."""
        return Known(self.word_for(kind, ours), ours)

    def known(self, kind: str, theirs: Word) -> Known | None:
        """What a word of theirs stands for; None where the table does not have it."""
        return self.ours.get(kind, {}).get(str(theirs))

    def unit_there(self, code: str) -> str:
        """Their code of a unit: the division code unless the table has another."""
        return self.units.get(code, code)

    def unit_here(self, code: str) -> str:
        """Our code of a unit of theirs."""
        return self.units_back.get(code, code)

    def form_for(self, kind: MessageKind) -> Form:
        """How a kind of message is sent to us."""
        return next(form for found, form in self.into.values() if found is kind)


def load(folder: Path) -> Tables:
    """The tables of a folder; raises MappingBroken."""
    with (folder / "words.toml").open("rb") as file:
        found = tomllib.load(file)
    with (folder / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        units = [(row["ours"], row["theirs"]) for row in csv.DictReader(file)]
    return build(found, units)


def build(found: Mapping[str, Any], units: Iterable[tuple[str, str]]) -> Tables:
    """Tables from what a folder says; raises MappingBroken with all that is wrong."""
    pairs = list(units)
    problems = [*_problems(found), *_units_twice(pairs)]
    if problems:
        raise MappingBroken("; ".join(problems))
    into = {str(type_): entry for type_, entry in found["in"].items()}
    return Tables(
        theirs=MappingProxyType(found["words"]),
        ours=MappingProxyType(
            {
                kind: _back(words, found["back"].get(kind, {}))
                for kind, words in found["words"].items()
            }
        ),
        units=MappingProxyType(dict(pairs)),
        units_back=MappingProxyType({theirs: ours for ours, theirs in pairs}),
        envelope=MappingProxyType(found["envelope"]),
        out=MappingProxyType(
            {type_: Form(entry["type"], _fields(entry)) for type_, entry in found["out"].items()}
        ),
        into=MappingProxyType(
            {
                type_: (MessageKind(entry["kind"]), Form(entry.get("type", type_), _fields(entry)))
                for type_, entry in into.items()
            }
        ),
    )


def _back(words: Mapping[str, Word], back: Mapping[str, str]) -> Mapping[str, Known]:
    """Theirs to ours: by the words themselves, then by what is said of them."""
    found = {str(theirs): Known(theirs, ours) for ours, theirs in words.items()}
    for theirs, ours in back.items():
        written = found[theirs].theirs if theirs in found else theirs
        found[theirs] = Known(written, ours or None)
    return MappingProxyType(found)


def _fields(entry: Mapping[str, Any]) -> Mapping[str, Field]:
    return MappingProxyType(
        {
            ours: Field(said["name"], said.get("as", "line"))
            for ours, said in entry["fields"].items()
        }
    )


def _problems(found: Mapping[str, Any]) -> Iterable[str]:
    """What `words.toml` leaves out or says twice."""
    words, back = found["words"], found["back"]
    for kind, ours in OF_OURS.items():
        missing = sorted({word.value for word in ours} - set(words.get(kind, {})))
        yield from (f"no {kind} for {word}" for word in missing)
    for kind in words:
        yield from _words_twice(kind, words[kind], back.get(kind, {}))
    yield from (f"[back.{kind}] without [words.{kind}]" for kind in back if kind not in words)
    kinds = Counter(entry["kind"] for entry in found["in"].values())
    yield from (f"no message says a {kind.value}" for kind in MessageKind if not kinds[kind.value])
    yield from (f"the envelope has no {name}" for name in ENVELOPE - set(found["envelope"]))
    for type_, entry in [*found["out"].items(), *found["in"].items()]:
        yield from _fields_wrong(type_, entry, words)
    for type_, entry in found["in"].items():
        yield from _fields_of_kind(type_, MessageKind(entry["kind"]), set(entry["fields"]))


def _words_twice(kind: str, words: Mapping[str, Word], back: Mapping[str, str]) -> Iterable[str]:
    counted = Counter(str(theirs) for theirs in words.values())
    for theirs, times in counted.items():
        if times > 1 and theirs not in back:
            yield f"{kind} {theirs} stands for {times} of ours: [back.{kind}] must say which"
    for theirs, leads_to in back.items():
        if leads_to != NOTHING_OF_OURS and leads_to not in words:
            yield f"{kind} {theirs} leads to {leads_to}, which is none of ours"
    for ours, word in words.items():
        if counted[str(word)] == 1 and back.get(str(word), ours) != ours:
            yield f"{kind} {ours} does not come back as itself"


def _fields_wrong(type_: str, entry: Mapping[str, Any], words: Mapping[str, Any]) -> Iterable[str]:
    names = Counter(said["name"] for said in entry["fields"].values())
    yield from (f"{type_} has {name} twice" for name, times in names.items() if times > 1)
    for said in entry["fields"].values():
        kind = said.get("as", "line")
        if kind not in PLAIN and kind not in words:
            yield f"{type_}: nothing is known of values as {kind}"


def _fields_of_kind(type_: str, kind: MessageKind, names: set[str]) -> Iterable[str]:
    yield from (f"{type_} has no {name}" for name in sorted(needed(kind) - names))
    yield from (f"{type_}: {name} says nothing" for name in sorted(names - allowed(kind)))


def _units_twice(pairs: list[tuple[str, str]]) -> Iterable[str]:
    for place, whose in enumerate(("ours", "theirs")):
        counted = Counter(pair[place] for pair in pairs)
        yield from (f"unit {code} of {whose} twice" for code, n in counted.items() if n > 1)
