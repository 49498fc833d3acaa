"""INT-1: stored messages are taken in, in order within a subject, and nothing is dropped."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import (
    IncidentCard,
    IncidentCase,
    OutboxEvent,
    PlatformLogin,
    PlatformReceipt,
    PlatformSubject,
    WebhookEvent,
)
from app.kit.ids import uuid7
from app.platforms.message_lists import retry
from app.platforms.sayings import LoginSaid, StatusSaid
from app.platforms.taking_in import process
from app.rules.cards import CardOrigin, Colour
from app.rules.delivery import InboundState
from app.rules.incidents import State
from app.rules.tasks import LoginSource, Platform
from app.rules.tiers import Tier
from tests.attendance.facts import GRID, WEDNESDAY, acting, at
from tests.city import City
from tests.incidents.facts import Street
from tests.platforms.partner import Partner
from tests.platforms.taken import DAY, NOW, SECOND, account, became, reported, view, words


@pytest.mark.parametrize("which", Platform)
def test_int_1_a_status_stands_beside_ours_and_changes_nothing(
    sessions: Sessions, db: Session, city: City, incident: UUID, which: Platform
) -> None:
    partner = Partner(db, city, which)
    partner.agree()
    told = db.scalars(select(WebhookEvent.id)).all()
    key = partner.says(partner.status(incident, "closed", "已处理"), 3)
    assert process(sessions, NOW) == 1
    assert became(partner, key) == ["done"]
    [act] = words(db, incident)
    assert partner.row(key).outcome == {"act_id": str(act.id), "state": "closed"}
    assert (act.account_id, act.words["result"]) == (None, "已处理")
    found = view(db, which, incident)
    assert (found.state, found.number, found.their_ref) == ("closed", 3, "CD2026031801")
    assert found.their_state == str(partner.status(incident, "closed").state.theirs)
    assert db.get_one(IncidentCase, incident).state is State.HELD
    assert db.scalars(select(WebhookEvent.id)).all() == told
    assert process(sessions, NOW) == 0


def test_int_1_a_state_that_we_have_no_word_for_is_kept_as_theirs(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session
) -> None:
    known = chengdu.language.tables.known("state", "挂起")
    assert known is not None
    key = chengdu.says(StatusSaid(incident, known))
    process(sessions, NOW)
    assert became(chengdu, key) == ["done"]
    found = view(db, Platform.CHENGDU, incident)
    assert (found.their_state, found.state, found.result) == ("挂起", None, None)


def test_int_1_results_are_in_no_trace_and_sealed(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session
) -> None:
    chengdu.says(chengdu.status(incident, "closed", "李秀英家已通水"))
    process(sessions, NOW)
    db.rollback()
    assert db.scalars(select(OutboxEvent)).all()
    assert not any("李秀英" in str(row.facts) for row in db.scalars(select(OutboxEvent)))
    [stored] = db.connection().exec_driver_sql("select result from platform_view").one()
    assert "李秀英" not in stored


def test_int_1_out_of_order_in_one_turn_they_are_put_in_order(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session
) -> None:
    keys = [chengdu.says(chengdu.status(incident, state), number)
            for state, number in (("closed", 3), ("held", 1), ("handling", 2))]  # fmt: skip
    assert process(sessions, NOW) == 3
    assert became(chengdu, *keys) == ["done"] * 3
    assert [act.words["state"] for act in words(db, incident)] == ["待处理", "处理中", "已办结"]
    assert view(db, Platform.CHENGDU, incident).state == "closed"


def test_int_1_what_comes_after_a_later_word_is_stale_kept_and_shown(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session
) -> None:
    later = chengdu.says(chengdu.status(incident, "closed"), 3)
    process(sessions, NOW)
    earlier = chengdu.says(chengdu.status(incident, "handling"), 2)
    again = chengdu.says(chengdu.status(incident, "held"), 3)
    process(sessions, NOW)
    assert became(chengdu, later, earlier, again) == ["done", "stale", "stale"]
    assert chengdu.row(earlier).outcome == {"last": 3}
    assert view(db, Platform.CHENGDU, incident).state == "closed"
    assert len(words(db, incident)) == 1
    assert db.get_one(PlatformSubject, (Platform.CHENGDU, f"incident:{incident}")).last_number == 3


def test_int_1_one_platform_s_numbers_are_not_the_other_s(
    sessions: Sessions, chengdu: Partner, sichuan: Partner, incident: UUID, db: Session
) -> None:
    keys = (
        chengdu.says(chengdu.status(incident, "closed"), 9),
        sichuan.says(sichuan.status(incident, "handling"), 1),
    )
    process(sessions, NOW)
    assert became(chengdu, *keys) == ["done", "done"]
    assert view(db, Platform.SICHUAN, incident).state == "handling"
    assert view(db, Platform.CHENGDU, incident).state == "closed"


def test_int_1_a_message_for_an_event_that_arrives_later_waits_for_it(
    sessions: Sessions, chengdu: Partner, db: Session, city: City
) -> None:
    street = Street(db, city)
    key = uuid7(at("09:00"))
    first = chengdu.says(chengdu.status(key, "held"), 1)
    second = chengdu.says(chengdu.status(key, "handling"), 2)
    assert process(sessions, NOW) == 1
    row = chengdu.row(first)
    assert (row.state, row.outcome, row.tries) == (
        InboundState.STORED,
        {"waits": "unknown_event"},
        0,
    )
    assert row.next_at == NOW + timedelta(minutes=1)
    assert process(sessions, NOW + timedelta(seconds=59)) == 0
    reported(street, key)
    db.commit()
    assert process(sessions, NOW + timedelta(minutes=1)) == 2
    assert became(chengdu, first, second) == ["done", "done"]
    assert view(db, Platform.CHENGDU, key).state == "handling"


def test_int_1_after_a_day_it_is_not_understood_and_can_be_tried_again(
    sessions: Sessions, chengdu: Partner, db: Session, city: City
) -> None:
    key = uuid7(at("09:00"))
    message = chengdu.says(chengdu.status(key))
    process(sessions, NOW)
    process(sessions, NOW + DAY - SECOND)
    assert became(chengdu, message) == ["stored"]
    process(sessions, NOW + DAY)
    assert became(chengdu, message) == ["unknown_event"]
    reported(Street(db, city), key)
    retry(db, acting(db, city, "command_centre"), message, NOW + DAY)
    db.commit()
    process(sessions, NOW + DAY)
    assert became(chengdu, message) == ["done"]


def test_tsk_3_a_login_of_an_account_that_becomes_known(
    sessions: Sessions, chengdu: Partner, db: Session, city: City
) -> None:
    message = chengdu.says(LoginSaid("wg01", at("08:31")), key="msg_77")
    process(sessions, NOW)
    assert became(chengdu, message) == ["unknown_account"]
    assert chengdu.row(message).outcome["account"] == "wg01"
    account(db, city)
    retry(db, acting(db, city, "command_centre"), message, NOW)
    db.commit()
    process(sessions, NOW)
    db.rollback()
    assert became(chengdu, message) == ["done"]
    login = db.get_one(PlatformLogin, (city.workers[GRID], Platform.CHENGDU, WEDNESDAY))
    assert (login.source, login.evidence) == (LoginSource.WEBHOOK, "msg_77")
    assert login.at == at("08:31")


def test_tsk_3_logins_add_up_in_whatever_order_they_come(
    sessions: Sessions, sichuan: Partner, db: Session, city: City
) -> None:
    account(db, city, platform=Platform.SICHUAN)
    tuesday = at("08:31", WEDNESDAY - DAY)
    later = sichuan.says(LoginSaid("wg01", at("08:31")), 5)
    process(sessions, NOW)
    earlier = sichuan.says(LoginSaid("wg01", at("08:40")), 4)
    before = sichuan.says(LoginSaid("wg01", tuesday), 3)
    process(sessions, NOW)
    assert became(sichuan, later, earlier, before) == ["done", "done", "unknown_account"]
    assert [sichuan.row(key).outcome["new"] for key in (later, earlier)] == [True, False]


def test_tsk_3_a_login_on_a_date_without_a_post(
    sessions: Sessions, chengdu: Partner, db: Session, city: City
) -> None:
    account(db, city)
    db.execute(text("update platform_account set valid = daterange('2025-01-01', null)"))
    db.commit()
    message = chengdu.says(LoginSaid("wg01", at("08:31", WEDNESDAY.replace(year=2025))))
    process(sessions, NOW)
    assert became(chengdu, message) == ["no_post"]


@pytest.mark.parametrize("tier", ["grid", "community"])
def test_evt_3_a_card_drawn_there_counts_once(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session, tier: str
) -> None:
    said = chengdu.card(incident, at("09:30"), tier=tier)
    keys = [chengdu.says(said, number) for number in (5, 6)]
    process(sessions, NOW)
    db.rollback()
    cards = db.scalars(select(IncidentCard)).all()
    assert became(chengdu, *keys) == ["done", "done"]
    [card] = cards
    assert (card.origin, card.their_ref) == (CardOrigin.CHENGDU, "HP-1")
    assert (card.colour, card.tier, card.fell_at) == (Colour.YELLOW, Tier.GRID, at("09:30"))
    assert chengdu.row(keys[0]).outcome == {"card_id": str(card.id)}


def test_evt_3_a_card_is_counted_though_a_later_status_was_taken(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session
) -> None:
    chengdu.says(chengdu.status(incident, "closed"), 9)
    process(sessions, NOW)
    card = chengdu.says(chengdu.card(incident, at("09:30")), 2)
    status = chengdu.says(chengdu.status(incident, "verified"), 10)
    process(sessions, NOW)
    assert became(chengdu, card, status) == ["done", "done"]
    db.rollback()
    assert len(db.scalars(select(IncidentCard)).all()) == 1


def test_evt_3_a_colour_that_we_don_t_have_is_not_guessed_at(
    sessions: Sessions, chengdu: Partner, incident: UUID
) -> None:
    body = chengdu.writes(chengdu.card(incident, at("09:30")))
    key = chengdu.sends(body.replace("黄牌".encode(), "蓝牌".encode()))
    process(sessions, NOW)
    assert became(chengdu, key) == ["unknown_word"]
    assert chengdu.row(key).outcome["word"] == "蓝牌"


def test_int_1_receipts_of_records(sessions: Sessions, sichuan: Partner, db: Session) -> None:
    record = sichuan.record(versions=2)
    keys = [
        sichuan.says(sichuan.receipt(record, 2, accepted=True), 5),
        sichuan.says(sichuan.receipt(record, 1, accepted=False, code="E17"), 4),
        sichuan.says(sichuan.receipt(record, 1, accepted=True), 3),
        sichuan.says(sichuan.receipt(record, 3, accepted=True), 6),
        sichuan.says(sichuan.receipt(uuid4(), 1, accepted=True), 1),
    ]
    process(sessions, NOW)
    assert became(sichuan, *keys) == ["done", "done", "done", "stored", "stored"]
    process(sessions, NOW + DAY)
    assert became(sichuan, *keys[3:]) == ["unknown_record", "unknown_record"]
    db.rollback()
    found = {row.version: (row.accepted, row.code) for row in db.scalars(select(PlatformReceipt))}
    assert found == {1: (False, "E17"), 2: (True, None)}
    late = sichuan.says(sichuan.receipt(record, 1, accepted=True), 2, NOW + DAY)
    process(sessions, NOW + DAY)
    assert became(sichuan, late) == ["stale"]


def test_part_8_a_reason_in_words_stays_sealed_in_its_message(
    sessions: Sessions, sichuan: Partner, db: Session
) -> None:
    words = "与李秀英 13800138000 的信息重复"
    key = sichuan.says(sichuan.receipt(sichuan.record(), 1, accepted=False, code=words))
    process(sessions, NOW)
    row = sichuan.row(key)
    assert row.outcome == {"accepted": False, "code": None, "worded": True}
    assert words in str(row.body)
    [receipt] = db.scalars(select(PlatformReceipt))
    assert (receipt.accepted, receipt.code) == (False, None)
