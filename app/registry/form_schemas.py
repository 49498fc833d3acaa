"""How forms are spoken: every kind, every version, every field."""

from datetime import date

from pydantic import ConfigDict

from app.kit.schema import Out
from app.registry.fields import FieldType, Secrecy
from app.registry.form_tables import FORMS
from app.registry.schemas import Example
from app.rules.information import RecordKind

FIELD: Example = {
    "name": "residence",
    "type": "choice",
    "zh": "居住类型",
    "en": "Residence",
    "required": True,
    "sensitive": True,
    "identifying": False,
    "choices": [{"value": "floating", "zh": "流动人口", "en": "Floating population"}],
}
FORM: Example = {
    "kind": "person",
    "version": 2,
    "since": "2026-01-01",
    "present": True,
    "fields": [FIELD],
}


class ChoiceOut(Out):
    """One of the values of a field."""

    value: str
    zh: str
    en: str


class FieldOut(Out):
    """A field of a form."""

    model_config = ConfigDict(json_schema_extra={"examples": [FIELD]})

    name: str
    type: FieldType
    zh: str
    en: str
    required: bool
    sensitive: bool
    identifying: bool
    choices: list[ChoiceOut]


class FormOut(Out):
    """A version of a kind's form."""

    model_config = ConfigDict(json_schema_extra={"examples": [FORM]})

    kind: RecordKind
    version: int
    since: date
    present: bool
    fields: list[FieldOut]


class FormsOut(Out):
    """Every version of every form, by kind, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [FORM]}]})

    items: list[FormOut]


def forms_out() -> FormsOut:
    """What handsets and stations build their forms from."""
    return FormsOut(
        items=[
            FormOut(
                kind=kind,
                version=form.version,
                since=form.since,
                present=form is versions[-1],
                fields=[
                    FieldOut(
                        name=field.name,
                        type=field.type,
                        zh=field.zh,
                        en=field.en,
                        required=field.required,
                        sensitive=field.secrecy is not Secrecy.PLAIN,
                        identifying=field.identifying,
                        choices=[ChoiceOut.model_validate(choice) for choice in field.choices],
                    )
                    for field in form.fields
                ],
            )
            for kind, versions in FORMS.items()
            for form in versions
        ]
    )
