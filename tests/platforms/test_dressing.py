"""INT-1: what platforms are told is in their language, and thin."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db.models import WebhookEndpoint, WebhookEvent
from app.outbox.catalogue import TYPES
from app.platforms.adapters import ADAPTERS
from app.platforms.dressing import dress, dressed
from app.platforms.hearing import glance, heard
from app.platforms.language import Language
from app.platforms.sayings import (
    CardSaid,
    LoginSaid,
    Message,
    NotUnderstood,
    ReceiptSaid,
    Said,
    StatusSaid,
)
from app.platforms.speaking import spoken, undressed
from app.rules.exchange import MessageKind
from app.rules.tasks import Platform
from app.webhooks.plain import body_of

EACH = pytest.mark.parametrize("language", ADAPTERS.values(), ids=lambda found: found.platform)
AT = datetime(2026, 3, 18, 1, 30, tzinfo=UTC)
INCIDENT = UUID("0199d2f0-0000-7000-8000-000000000042")
CHENGDU, SICHUAN = ADAPTERS[Platform.CHENGDU], ADAPTERS[Platform.SICHUAN]


def event(type_: str = "incident.acted", **data: object) -> WebhookEvent:
    told = TYPES.get(type_)
    return WebhookEvent(
        id=UUID("0199d2f0-0000-7000-8000-0000000000ee"),
        type=type_,
        subject_kind=told.subject if told else "incident",
        subject_id=str(INCIDENT),
        number=7,
        unit_code="510185001001001",
        occurred_at=AT,
        data=data or (told.example if told else {}),
    )


def test_int_1_chengdu_s_language() -> None:
    assert json.loads(dressed(CHENGDU, event(state="closed", severity="major", due_at=None))) == {
        "msgId": "0199d2f0-0000-7000-8000-0000000000ee",
        "msgType": "EVENT_FLOW",
        "bizKind": "事件",
        "bizId": str(INCIDENT),
        "seqNo": 7,
        "eventTime": 1773797400000,
        "content": {"eventStatus": "已办结", "eventGrade": "重大"},
    }


def test_int_1_sichuan_s_language() -> None:
    told = event(state="closed", category="dispute.neighbours", due_at="2026-03-18T17:00:00+08:00")
    assert json.loads(dressed(SICHUAN, told)) == {
        "message_id": "0199d2f0-0000-7000-8000-0000000000ee",
        "message_type": 1001,
        "object_type": "EVT",
        "object_id": str(INCIDENT),
        "serial_no": 7,
        "occur_time": "2026-03-18 09:30:00",
        "event_status": 30,
        "event_class": 2,
        "deadline": "2026-03-18 17:00:00",
    }


@EACH
def test_int_1_units_are_told_by_their_codes_there(language: Language) -> None:
    told = undressed(language, dressed(language, event(grid_code="510185")))
    assert language.tables.units["510185"] in told.content.values()


@EACH
@pytest.mark.parametrize("type_", TYPES)
def test_int_1_every_type_is_told_with_key_subject_and_number(
    language: Language, type_: str
) -> None:
    told = undressed(language, dressed(language, event(type_)))
    assert told.event_id == "0199d2f0-0000-7000-8000-0000000000ee"
    assert (told.subject, told.number) == ((TYPES[type_].subject, str(INCIDENT)), 7)
    assert (told.type, told.occurred_at) == (language.tables.out[type_].type, AT)
    names = {field.name for field in language.tables.out[type_].fields.values()}
    assert names <= set(told.content)


@EACH
def test_int_1_what_the_tables_don_t_list_is_not_told(language: Language) -> None:
    body = dressed(language, event(state="held", reporter_phone="13800000001")).decode()
    assert "13800000001" not in body


@EACH
def test_int_1_a_type_that_is_new_is_told_as_it_is(language: Language) -> None:
    told = undressed(language, dressed(language, event("incident.praised", by_whom="community")))
    assert (told.type, told.state) == ("incident.praised", None)
    assert told.content["by_whom"] == "community"


def test_int_2_others_get_the_plain_body() -> None:
    told = event()
    assert dress(told, WebhookEndpoint(platform=None)) == body_of(told)
    for platform, language in ADAPTERS.items():
        assert dress(told, WebhookEndpoint(platform=platform)) == dressed(language, told)


def said_in(language: Language) -> st.SearchStrategy[Said]:
    """Whatever a platform can say."""

    def known(kind: str) -> st.SearchStrategy[object]:
        return st.sampled_from(sorted(language.tables.ours[kind].values(), key=str))

    line = st.text("abc-甲乙丙123", min_size=1, max_size=200).filter(
        lambda text: bool(text.strip())
    )
    instants = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)).map(  # noqa: DTZ001
        lambda at: at.replace(tzinfo=UTC, microsecond=0)
    )
    return st.one_of(
        st.builds(StatusSaid, st.uuids(), known("state"), st.none() | line, st.none() | line),
        st.builds(CardSaid, st.uuids(), line, known("colour"), known("tier"), instants),
        st.builds(LoginSaid, line, instants),
        st.builds(ReceiptSaid, st.uuids(), st.integers(0, 2**31 - 1), known("accepted"), st.none()),
    )


KINDS = {
    StatusSaid: MessageKind.STATUS,
    CardSaid: MessageKind.CARD,
    LoginSaid: MessageKind.LOGIN,
    ReceiptSaid: MessageKind.RECEIPT,
}


@EACH
@given(data=st.data())
def test_int_1_what_a_platform_says_is_what_is_heard(
    language: Language, data: st.DataObject
) -> None:
    said = data.draw(said_in(language))
    number = data.draw(st.integers(0, 2**31 - 1))
    message = Message(KINDS[type(said)], number, AT, said)
    body = spoken(language, message)
    assert heard(language, body) == message
    seen = glance(language, body)
    assert (seen.type, seen.number, seen.subject) == (message.kind, number, said.subject)


@EACH
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode()))
def test_int_1_whatever_comes_is_read_or_not_understood(language: Language, body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        heard(language, body)
    assert glance(language, body).type is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@EACH
@given(data=st.data())
def test_int_1_values_of_any_form_make_no_error(language: Language, data: st.DataObject) -> None:
    said = data.draw(said_in(language))
    whole = json.loads(spoken(language, Message(KINDS[type(said)], 1, AT, said)))
    inside = language.tables.envelope.get("content")
    content = whole[inside] if inside else whole
    content[data.draw(st.sampled_from(sorted(content)))] = data.draw(JSON)
    body = json.dumps(whole).encode()
    glance(language, body)
    with suppress(NotUnderstood):
        assert heard(language, body).kind is KINDS[type(said)]
