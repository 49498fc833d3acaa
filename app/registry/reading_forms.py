"""Fields as somebody sends them, in any version of a form, or the refusal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.registry.fields import FieldProblem
from app.registry.forms import form_of, missing, present, read_fields, upgraded
from app.registry.refusals import FieldsRefused, FormUnknown
from app.registry.versions import Sent
from app.rules.information import RecordKind


@dataclass(frozen=True)
class Said:
    """What somebody says: values in the present form, and as they came where that is another."""

    values: dict[str, Any]
    sent: Sent | None


def read(kind: RecordKind, form_version: int, fields: Mapping[str, Any]) -> Said:
    """Raises FormUnknown or FieldsRefused."""
    form = form_of(kind, form_version)
    if form is None:
        raise FormUnknown(kind=kind.value, present=present(kind).version)
    values, problems = read_fields(form, fields)
    refuse(problems)
    if form is present(kind):
        return Said(values, None)
    now, problems = read_fields(present(kind), upgraded(form, values))
    refuse(problems)
    return Said(now, Sent(form.version, values))


def complete(kind: RecordKind, content: Mapping[str, Any]) -> None:
    """Raises FieldsRefused if a required field is missing."""
    refuse(missing(kind, content))


def refuse(problems: list[FieldProblem]) -> None:
    """Raises FieldsRefused for any problem."""
    if problems:
        raise FieldsRefused(problems=[asdict(found) for found in problems[:20]])
