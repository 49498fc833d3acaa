"""Forms at work: values checked, brought to the present version, keyed, masked."""

import re
from collections.abc import Mapping
from typing import Any

from app.registry.fields import (
    Field,
    FieldProblem,
    FieldType,
    Secrecy,
    Unacceptable,
    problem,
    read_value,
)
from app.registry.form_tables import FORMS, Fields, Form
from app.rules.information import FocusKind, RecordKind
from app.rules.visits import VisitKind

HIDDEN = "***"
LAST_SHOWN, LEAST_HIDDEN = 4, 4
IGNORED = re.compile(r"[\s,，。.、]")


def present(kind: RecordKind) -> Form:
    """The version that new records are stored in."""
    return FORMS[kind][-1]


def form_of(kind: RecordKind, version: int) -> Form | None:
    """A version of a kind's form."""
    return next((form for form in FORMS[kind] if form.version == version), None)


def read_fields(form: Form, said: Fields) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Values as they are stored, and what is wrong with the others; None stays None."""
    values: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name, value in said.items():
        field = form.field(name)
        if field is None:
            problems.append(problem(name[:40], "unknown_field"))
            continue
        try:
            values[name] = None if value is None else read_value(field, value)
        except Unacceptable as found:
            problems.append(problem(name, found.code))
    return values, problems


def missing(kind: RecordKind, content: Fields) -> list[FieldProblem]:
    """The required fields that a whole content of the present form lacks."""
    return [
        problem(field.name, "missing")
        for field in present(kind).fields
        if field.required and content.get(field.name) is None
    ]


def upgraded(form: Form, values: Fields) -> dict[str, Any]:
    """Values of any version of a form in the present one."""
    now = dict(values)
    for step in FORMS[form.kind]:
        if step.version >= form.version and step.upgrade is not None:
            now = step.upgrade(now)
    return now


def split(form: Form, values: Fields) -> dict[Secrecy, dict[str, Any]]:
    """Values by where they are kept."""
    parts: dict[Secrecy, dict[str, Any]] = {secrecy: {} for secrecy in Secrecy}
    for name, value in values.items():
        field = form.field(name)
        parts[field.secrecy if field else Secrecy.SEALED][name] = value
    return parts


def key_text(field: str, value: object) -> str:
    """What the keyed index is made of: the field and its value without blanks, in one case."""
    plain = IGNORED.sub("", str(value)).upper()
    return f"{field}={plain}"


def keys_of(kind: RecordKind, content: Fields) -> dict[str, str]:
    """By field, what a record is found by; a person also by name and address together."""
    keys = {
        field.name: key_text(field.name, content[field.name])
        for field in present(kind).fields
        if field.identifying and content.get(field.name) is not None
    }
    if kind is RecordKind.PERSON and content.get("name") and content.get("address"):
        both = f"{content['name']}|{content['address']}"
        keys["name_address"] = key_text("name_address", both)
    return keys


def focus_of(kind: RecordKind, content: Fields) -> frozenset[FocusKind]:
    """To which of those of whom all must be known a record belongs (INF-4)."""
    holds = {
        FocusKind.RENTAL: kind is RecordKind.PLACE and content.get("use") == "rented_home",
        FocusKind.FLOATING: content.get("residence") == "floating",
        FocusKind.SPECIAL_GROUP: bool(content.get("special_group"))
        and not content.get("special_group_ended_on"),
    }
    return frozenset(focus for focus, is_one in holds.items() if is_one)


def visits_of(kind: RecordKind, content: Fields) -> frozenset[VisitKind]:
    """What visits a record is a ground for; a household's own visit is owed to its home."""
    use, residence = content.get("use"), content.get("residence")
    rented = use == "rented_home" or residence in {"floating", "renting"}
    holds = {
        VisitKind.PROPERTY_GUARD: use == "guard_post",
        VisitKind.RENTAL: rented,
        VisitKind.SPECIAL_GROUP: FocusKind.SPECIAL_GROUP in focus_of(kind, content),
        VisitKind.CARE: content.get("care") is not None,
        VisitKind.RESIDENT: use == "home"
        or (residence == "permanent" and content.get("home") is not None),
    }
    return frozenset(visit for visit, is_one in holds.items() if is_one)


def is_home(kind: RecordKind, content: Fields) -> bool:
    """Whether a record says where somebody lives: its point is kept sealed alone."""
    return kind is RecordKind.PERSON or content.get("use") in {"home", "rented_home"}


def masked(kind: RecordKind, content: Fields) -> dict[str, Any]:
    """The content as everybody who may see the record sees it: of a special group not even that
    there is something."""
    shown = {}
    for name, value in content.items():
        field = present(kind).field(name)
        if field is not None and field.secrecy is not Secrecy.SPECIAL:
            shown[name] = None if value is None else mask(field, value)
    return shown


def mask(field: Field | None, value: Any) -> Any:
    """A value as it is shown before it is revealed."""
    if field is not None and field.secrecy is Secrecy.PLAIN:
        return value
    said = str(value)
    match field.type if field else FieldType.TEXT:
        case FieldType.NAME:
            return said[0] + "*" * min(len(said) - 1, 3)
        case FieldType.ID_NUMBER:
            return _middle_hidden(said, 4)
        case FieldType.PHONE:
            return _middle_hidden(said, 3)
        case FieldType.ADDRESS:
            return f"{said[: min(6, len(said) // 2)]}{HIDDEN}"
        case _:
            return HIDDEN


def _middle_hidden(number: str, shown_before: int) -> str:
    """Some signs at the beginning and four at the end; of a short number only the last two."""
    hidden = len(number) - shown_before - LAST_SHOWN
    if hidden < LEAST_HIDDEN:
        return "*" * (len(number) - 2) + number[-2:]
    return number[:shown_before] + "*" * hidden + number[-LAST_SHOWN:]


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two contents say the same: an absent field and an empty one are alike."""
    return stated(one) == stated(other)


def stated(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a content says, without the fields that say that there is none."""
    return {name: value for name, value in content.items() if value is not None}
