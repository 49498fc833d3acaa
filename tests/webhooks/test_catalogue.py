"""INT-1: what may be told outside is listed, thin, and described for whoever receives it."""

import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import WebhookEvent
from app.kit.ids import uuid7
from app.outbox.catalogue import TYPES, EventType, told_of
from app.registry.entering import end_record
from app.registry.erasing import erase_record
from app.registry.rights_schemas import ErasureGround, ErasureIn
from app.registry.schemas import RecordEndIn
from app.rules.delivery import Scheme
from app.rules.incidents import Act
from app.webhooks.plain import BYTES_AT_MOST, body_of
from app.webhooks.schemes import headers_for
from app.webhooks.told import EXAMPLE_INSTANT, EXAMPLE_KEY, HEADERS, example_of, schema_of
from tests.attendance.facts import WEDNESDAY, at
from tests.city import City
from tests.incidents.facts import Street
from tests.registry.collected import NAME, PHONE, Desk, person
from tests.webhooks.told import NOW, events

every_type = pytest.mark.parametrize("told", TYPES.values(), ids=list(TYPES))
OF_THE_BODY = {"subject", "id", "number"}
PERSONAL = re.compile(
    r"name|phone|address|identity|lon|lat|position|photo|image|description|note|words|text"
    r"|reason|result|contact|resident|worker|special|focus|care|group"
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=60)
    | st.sampled_from(["张三", "13800000001", "report", "held", "510185001001001", EXAMPLE_KEY])
    | st.sampled_from([EXAMPLE_INSTANT, "2026-03-18"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)
SOURCES = sorted({field.source for told in TYPES.values() for field in told.fields})
facts = st.dictionaries(st.sampled_from([*SOURCES, "name", "phone"]) | st.text(), values)


def event_of(told: EventType, data: dict[str, Any]) -> WebhookEvent:
    """An event that says so much."""
    return WebhookEvent(
        id=uuid7(NOW),
        type=told.name,
        subject_kind=told.subject,
        subject_id=EXAMPLE_KEY,
        number=2**31 - 1,
        unit_code="510185001001001",
        occurred_at=NOW,
        data=data,
    )


def check(told: EventType, body: object) -> None:
    """Raises ValidationError where a body is not what its schema says."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema_of(told), format_checker=checker).validate(body)


@every_type
def test_each_type_is_named_described_and_shown(told: EventType) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)+", told.name)
    assert not told.zh.isascii()
    assert told.en.replace("…", "").isascii()
    jsonschema.Draft202012Validator.check_schema(schema_of(told))
    check(told, example_of(told))
    assert set(example_of(told)["data"]) == {field.name for field in told.fields} | OF_THE_BODY


@every_type
def test_part_8_no_field_is_about_a_person(told: EventType) -> None:
    names = {name for field in told.fields for name in (field.name, field.source)}
    assert not [name for name in names if PERSONAL.search(name)]
    assert not {field.name for field in told.fields} & OF_THE_BODY
    assert len({field.name for field in told.fields}) == len(told.fields)


@every_type
def test_the_examples_can_be_told(told: EventType) -> None:
    said = {field.source: field.example for field in told.fields}
    assert told.told(said) == told.example
    assert json.loads(body_of(event_of(told, told.told(said))))["data"] == {
        **told.example,
        "subject": told.subject,
        "id": EXAMPLE_KEY,
        "number": 2**31 - 1,
    }


@given(facts=facts)
def test_part_8_nothing_is_told_but_listed_fields_in_their_form(facts: dict[str, Any]) -> None:
    for told in TYPES.values():
        said = told_of(told.name, facts)
        assert set(said) <= {field.name for field in told.fields}
        for field in told.fields:
            if field.name in said:
                assert said[field.name] == facts[field.source]
        assert not {"张三", "13800000001"} & {str(value) for value in said.values()}
        body = body_of(event_of(told, said))
        check(told, json.loads(body))
        assert len(body) < BYTES_AT_MOST


@pytest.mark.parametrize(
    ("fact", "value", "is_told"),
    [
        ("state", "held", True),
        ("state", "张三", False),
        ("state", "helds", False),
        ("number", 7, True),
        ("number", -1, False),
        ("number", True, False),
        ("number", 2**31, False),
        ("grid_code", "510185001001001", True),
        ("grid_code", "510185001001001\n", False),
        ("grid_code", "13800000001", False),
        ("category", "public_safety.fire", True),
        ("category", "和平路", False),
        ("effective_at", "2026-03-18T09:30:00Z", True),
        ("effective_at", "2026-03-18T09:30:00", False),
        ("effective_at", "tomorrow", False),
        ("duplicate_of", EXAMPLE_KEY, True),
        ("duplicate_of", "13800000001", False),
    ],
)
def test_a_value_out_of_form_is_not_told(fact: str, value: object, is_told: bool) -> None:
    name = "act_number" if fact == "number" else fact
    assert told_of("incident.acted", {fact: value}) == ({name: value} if is_told else {})


def test_a_body_is_the_same_bytes_over_all_retries() -> None:
    told = TYPES["incident.acted"]
    one = body_of(event_of(told, {"act": "close", "state": "closed"}))
    assert one == body_of(event_of(told, {"state": "closed", "act": "close"}))
    assert json.loads(one)["timestamp"] == "2026-03-18T10:00:00+08:00"


def test_a_body_that_is_not_thin_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError, match="incident"):
        body_of(event_of(TYPES["incident.acted"], {"act": "x" * BYTES_AT_MOST}))


@pytest.fixture
def desk(db: Session, city: City) -> Desk:
    """Handsets and the information administrator."""
    return Desk(db, city)


def test_int_1_a_record_is_told_once_it_is_entered_and_when_it_changes(desk: Desk) -> None:
    special = person(special_group="released")
    record = desk.collect(fields=special).record
    assert events(desk.db, record.id) == []
    record = desk.entered(fields=special)
    end_record(
        desk.db,
        desk.administrator,
        record.id,
        RecordEndIn(ended_on=WEDNESDAY, reason="搬离"),
        at("11:00"),
    )
    erased = ErasureIn(ground=ErasureGround.PERSON_ASKED)
    erase_record(desk.db, desk.administrator, record.id, erased, at("12:00"))
    told = events(desk.db, record.id)
    assert [event.type for event in told] == ["record.entered", "record.ended", "record.erased"]
    assert [event.data["version"] for event in told] == [1, 1, 1]
    assert told[0].data == {
        "kind": "person",
        "state": "entered",
        "version": 1,
        "grid_code": record.grid_code,
    }
    assert told[1].data["ended_on"] == WEDNESDAY.isoformat()
    said = b"".join(body_of(event) for event in desk.db.scalars(select(WebhookEvent)))
    assert b"released" not in said
    assert b"special" not in said
    assert NAME.encode() not in said


def test_int_1_every_act_on_an_event_is_told_with_all_that_its_type_says(
    db: Session, city: City
) -> None:
    street = Street(db, city)
    key = street.reported(
        severity="major", description="王大爷家漏气", contact={"name": NAME, "phone": PHONE},
        reporter="resident",
    )  # fmt: skip
    street.office("station_lead", key, Act.ESCALATE, at("09:20"))
    street.office("township", key, Act.CLOSE, at("10:00"))
    street.worker(key, Act.FOLLOW_UP, at("11:00"))
    street.worker(key, Act.VERIFY, at("11:30"))
    told = events(db, key)
    assert [event.data["act"] for event in told] == [
        "report", "escalate", "close", "follow_up", "verify",
    ]  # fmt: skip
    assert [event.data["act_number"] for event in told] == [1, 2, 3, 4, 5]
    said = {name for event in told for name in event.data}
    assert said == {field.name for field in TYPES["incident.acted"].fields} - {"duplicate_of"}
    for event in told:
        body = body_of(event)
        check(TYPES[event.type], json.loads(body))
        assert not any(word.encode() in body for word in ("王大爷", "漏气", NAME, PHONE))


def test_the_headers_of_each_scheme_are_those_that_are_sent() -> None:
    credentials = {"app_key": "a", "access_token": "t"}
    for scheme in Scheme:
        secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        sent = headers_for(scheme, credentials, secrets, "m", NOW, b"{}")
        assert set(sent) == set(HEADERS[scheme])
