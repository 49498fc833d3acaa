"""INT-1: what can't be understood is kept and shown, with the reason."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import (
    InboundMessage,
)
from app.kit.secrets import Unreadable
from app.platforms.sayings import LoginSaid
from app.platforms.taking_in import process
from app.rules.delivery import InboundState
from tests.attendance.facts import at
from tests.city import City
from tests.platforms.partner import Partner
from tests.platforms.taken import NOW, SECOND, account, became


@pytest.mark.parametrize(
    ("ahead", "after"), [(SECOND, "done"), (timedelta(minutes=6), "moment_to_come")], ids=str
)
def test_int_1_a_platform_s_clock_may_be_a_little_ahead(
    sessions: Sessions, chengdu: Partner, db: Session, city: City, ahead: timedelta, after: str
) -> None:
    account(db, city)
    key = chengdu.says(LoginSaid("wg01", NOW + ahead))
    process(sessions, NOW)
    waits = after == "done"
    assert became(chengdu, key) == ["stored" if waits else after]
    process(sessions, NOW + ahead)
    assert became(chengdu, key) == [after]


UNCLEAR: dict[str, tuple[Callable[[Partner, UUID], bytes], str]] = {
    "garbage": (lambda _, __: b"garbage", "not_json"),
    "nul": (lambda _, __: b"\x00", "not_json"),
    "a list": (lambda _, __: b"[]", "not_json"),
    "deep": (lambda _, __: b"[" * 100_000, "not_json"),
    "nan": (lambda _, __: b'{"msgType": NaN}', "not_json"),
    "huge": (lambda _, __: b'{"a":"' + b"x" * 250_000 + b'"}', "missing_field"),
    "no type": (lambda _, __: b'{"seqNo": 1}', "missing_field"),
    "another type": (lambda _, __: b'{"msgType": "WEATHER\\u0000"}', "unknown_type"),
    "a type that is a list": (lambda _, __: b'{"msgType": []}', "unknown_type"),
    "an unknown word": (
        lambda partner, key: partner.writes(partner.status(key)).replace(
            "处理中".encode(), "\ufffd".encode()
        ),
        "unknown_word",
    ),
    "no number": (
        lambda partner, key: partner.writes(partner.status(key)).replace(b"seqNo", b"seq"),
        "missing_field",
    ),
    "a huge number": (
        lambda partner, key: partner.writes(partner.status(key)).replace(
            b'"seqNo":1', b'"seqNo":99999999999'
        ),
        "bad_value",
    ),
    "no key": (
        lambda partner, key: partner.writes(partner.status(key)).replace(str(key).encode(), b"17"),
        "bad_value",
    ),
    "year 9999": (
        lambda partner, key: partner.writes(partner.status(key)).replace(
            b"1773799200000", b"253402300799999"
        ),
        "bad_value",
    ),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_int_1_what_can_t_be_understood_is_kept_with_the_reason(
    sessions: Sessions, chengdu: Partner, incident: UUID, case: str
) -> None:
    write, why = UNCLEAR[case]
    body = write(chengdu, incident)
    key = chengdu.sends(body)
    assert process(sessions, NOW) == 1
    row = chengdu.row(key)
    assert (row.state, row.outcome["why"]) == (InboundState.NOT_UNDERSTOOD, why)
    assert row.processed_at == NOW
    assert row.body == body.decode()


def test_int_1_an_erased_content_is_not_understood(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session
) -> None:
    key = chengdu.says(chengdu.status(incident))
    db.execute(text("update inbound_message set body = null"))
    db.commit()
    process(sessions, NOW)
    assert became(chengdu, key) == ["body_erased"]


def test_int_1_a_content_that_no_key_opens_holds_up_nobody(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session, city: City
) -> None:
    account(db, city)
    key = chengdu.says(chengdu.status(incident))
    other = chengdu.says(LoginSaid("wg01", at("08:31")))
    db.execute(text("update inbound_message set body = 'x' where id = :id"), {"id": key})
    db.commit()
    assert process(sessions, NOW) == 2
    query = select(InboundMessage.state, InboundMessage.outcome).order_by(InboundMessage.id)
    states = [tuple(row) for row in db.execute(query)]
    assert states[0] == (InboundState.NOT_UNDERSTOOD, {"why": Unreadable.code})
    assert became(chengdu, other) == ["done"]
