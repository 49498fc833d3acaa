"""INT-1: what is proven is stored once, with every byte of it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.db.models import InboundMessage, WebhookEndpoint, WebhookSecret
from app.platforms.bodies import raw
from app.platforms.inbound import keep, platform_named, prove, store
from app.platforms.refusals import MessageReused, PlatformNotSetUp, PlatformUnknown
from app.platforms.retention import erase_bodies
from app.platforms.sayings import LoginSaid
from app.rules.delivery import EndpointState, InboundState, Scheme
from app.rules.tasks import Platform
from app.webhooks.refusals import NotAuthentic
from tests.attendance.facts import WEDNESDAY, at
from tests.city import City
from tests.platforms.partner import Partner

NOW = at("10:00")
INCIDENT = UUID("0199d2f0-0000-7000-8000-000000000042")
LOGIN = LoginSaid("wg01", at("08:31"))


def rows(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(InboundMessage)) or 0


@pytest.mark.parametrize("which", Platform)
def test_int_1_stored_with_what_can_be_made_out(db: Session, city: City, which: Platform) -> None:
    partner = Partner(db, city, which)
    partner.agree()
    row = partner.row(partner.says(partner.status(INCIDENT), 7))
    assert (row.platform, row.type, row.number) == (which, "status", 7)
    assert row.subject == f"incident:{INCIDENT}"
    assert (row.state, row.received_at, row.next_at) == (InboundState.STORED, NOW, NOW)
    assert raw(row.body) == partner.writes(partner.status(INCIDENT), 7)


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00", b"\xff\xfe", b"{}", b"[" * 100_000, b'{"msgType":' * 2000, b"9" * 5000],
    ids=["nothing", "nul", "not utf-8", "empty", "deep", "deep objects", "long number"],
)
def test_int_1_what_makes_no_sense_is_stored_byte_by_byte(sichuan: Partner, body: bytes) -> None:
    row = sichuan.row(sichuan.sends(body))
    assert (row.type, row.subject, row.number) == (None, None, None)
    assert raw(row.body) == body


def test_int_1_contents_are_sealed_in_the_table(chengdu: Partner, db: Session) -> None:
    chengdu.says(chengdu.status(INCIDENT, result="已联系李秀英处理"))
    [stored] = db.connection().exec_driver_sql("select body from inbound_message").one()
    assert "李秀英" not in stored
    assert "eventStatus" not in stored


def test_int_1_the_same_again_is_stored_once_however_late(chengdu: Partner, db: Session) -> None:
    body = chengdu.writes(LOGIN)
    first = chengdu.sends(body, NOW, "msg_1")
    for days in (0, 4, 14, 200):
        late = NOW + timedelta(days=days)
        again = store(db, Platform.CHENGDU, chengdu.signed(body, late, "msg_1"), body, late)
        assert (again.again, again.message.id, again.message.received_at) == (True, first, NOW)
        erase_bodies(db, late)
    assert rows(db) == 1


def test_int_1_the_same_key_with_another_content_is_refused(
    chengdu: Partner, sichuan: Partner, db: Session
) -> None:
    chengdu.says(LOGIN, 1, key="msg_1")
    with pytest.raises(MessageReused) as refused:
        chengdu.says(LOGIN, 2, key="msg_1")
    assert refused.value.facts == {"message_id": "msg_1"}
    db.rollback()
    sichuan.says(LOGIN, 1, key="msg_1")
    assert rows(db) == 2


def test_int_1_a_signature_of_another_key_or_body_proves_nothing(
    chengdu: Partner, db: Session
) -> None:
    body = chengdu.writes(LOGIN)
    wrong = chengdu.signed(body, NOW, "msg_1", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    for headers, sent in ((wrong, body), (chengdu.signed(body, NOW, "msg_1"), body + b" ")):
        with pytest.raises(NotAuthentic) as refused:
            store(db, Platform.CHENGDU, headers, sent, NOW)
        assert refused.value.facts["why"] == "no_match"
    assert rows(db) == 0


@pytest.mark.parametrize("late_s", [-301, -300, 300, 301])
def test_int_1_signed_instants_are_at_most_five_minutes_away(
    sichuan: Partner, db: Session, late_s: int
) -> None:
    body = sichuan.writes(LOGIN)
    headers = sichuan.signed(body, NOW, "msg_1")
    now = NOW + timedelta(seconds=late_s)
    if abs(late_s) <= 300:
        assert not store(db, Platform.SICHUAN, headers, body, now).again
        return
    with pytest.raises(NotAuthentic) as refused:
        store(db, Platform.SICHUAN, headers, body, now)
    assert refused.value.facts["why"] == ("too_old" if late_s > 0 else "too_new")


def test_int_1_one_platform_s_key_is_not_the_other_s(
    chengdu: Partner, sichuan: Partner, db: Session
) -> None:
    body = chengdu.writes(LOGIN)
    with pytest.raises(NotAuthentic):
        store(db, Platform.SICHUAN, chengdu.signed(body, NOW, "msg_1"), body, NOW)
    assert rows(db) == 0
    assert sichuan.scheme is not chengdu.scheme


def test_int_1_without_an_agreement_nothing_is_taken(db: Session, city: City) -> None:
    partner = Partner(db, city)
    body = partner.writes(LOGIN)
    headers = partner.signed(body, NOW, "msg_1")
    with pytest.raises(PlatformNotSetUp):
        prove(db, Platform.CHENGDU, headers, body, NOW)
    partner.agree()
    assert prove(db, Platform.CHENGDU, headers, body, NOW).message_id == "msg_1"
    for change in (
        {"inbound_scheme": None},
        {"inbound_scheme": Scheme.OAUTH},
        {"retired_at": NOW},
    ):
        db.execute(update(WebhookEndpoint).values(**change))
        with pytest.raises(PlatformNotSetUp):
            prove(db, Platform.CHENGDU, headers, body, NOW)
        db.rollback()
    db.execute(update(WebhookSecret).values(expires_at=NOW))
    with pytest.raises(PlatformNotSetUp):
        prove(db, Platform.CHENGDU, headers, body, NOW)


@pytest.mark.parametrize("state", [EndpointState.PAUSED, EndpointState.DISABLED])
def test_int_1_what_is_not_told_out_may_still_come_in(
    chengdu: Partner, db: Session, state: EndpointState
) -> None:
    db.execute(update(WebhookEndpoint).values(state=state))
    assert chengdu.says(LOGIN)


@pytest.mark.parametrize("name", ["beijing", "", "CHENGDU", "chengdu "])
def test_int_1_a_platform_that_nobody_knows(name: str) -> None:
    with pytest.raises(PlatformUnknown):
        platform_named(name)


def test_int_1_contents_are_erased_after_the_term(chengdu: Partner, db: Session) -> None:
    key = chengdu.says(LOGIN)
    kept = at("03:00", WEDNESDAY + timedelta(days=90))
    assert erase_bodies(db, kept) == 0
    assert erase_bodies(db, kept + timedelta(days=1)) == 1
    db.commit()
    row = chengdu.row(key)
    assert (row.body, row.subject, row.message_id) == (None, "account:wg01", "msg_chengdu_1")
    assert erase_bodies(db, kept + timedelta(days=2)) == 0


def test_int_1_keeping_is_beside_proving(chengdu: Partner, db: Session) -> None:
    body = chengdu.writes(LOGIN)
    proven = prove(db, Platform.CHENGDU, chengdu.signed(body, NOW, "msg_1"), body, NOW)
    assert rows(db) == 0
    assert not keep(db, Platform.CHENGDU, proven, body, NOW).again
    assert keep(db, Platform.CHENGDU, proven, body, NOW).again
