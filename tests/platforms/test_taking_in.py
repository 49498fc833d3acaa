"""INT-1: stored messages are taken in, in order within a subject, and nothing is dropped."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import (
    Account,
    InboundMessage,
    IncidentAct,
    IncidentCard,
    IncidentCase,
    OutboxEvent,
    PlatformAccount,
    PlatformLogin,
    PlatformReceipt,
    PlatformSubject,
    PlatformView,
    WebhookEvent,
)
from app.incidents.commands import record_incident
from app.incidents.schemas import IncidentIn
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.kit.secrets import Unreadable
from app.platforms.message_lists import retry
from app.platforms.sayings import LoginSaid, StatusSaid
from app.platforms.taking_in import process
from app.rules.cards import CardOrigin, Colour
from app.rules.delivery import InboundState
from app.rules.exchange import TRIES
from app.rules.incidents import Act, State
from app.rules.tasks import LoginSource, Platform
from app.rules.tiers import Tier
from tests.attendance.facts import GRID, WEDNESDAY, Handset, acting, at
from tests.city import City
from tests.incidents.facts import Street, report
from tests.platforms.partner import Partner

NOW = at("10:00")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def sessions(api: FastAPI) -> Sessions:
    found: Sessions = api.state.sessions
    return found


@pytest.fixture
def incident(db: Session, city: City) -> UUID:
    key = Street(db, city).reported(at("09:00"))
    db.commit()
    return key


def reported(street: Street, key: UUID) -> None:
    """An event under a key that was known before it arrived."""
    capture = Handset(street.db, street.city).captured(at("09:00"), key=key)
    record_incident(street.db, capture, IncidentIn.model_validate(report()))


def account(
    db: Session, city: City, name: str = "wg01", platform: Platform = Platform.CHENGDU
) -> None:
    office = db.scalars(select(Account.id).limit(1)).one()
    db.add(
        PlatformAccount(
            id=uuid7(NOW),
            platform=platform,
            account=name,
            worker_id=city.workers[GRID],
            valid=Range(civil_day(at("00:00")), None),
            recorded_by=office,
            recorded_at=NOW,
        )
    )
    db.commit()


def became(partner: Partner, *keys: int) -> list[str]:
    """The states of messages; of those not understood, why."""
    rows = [partner.row(key) for key in keys]
    return [str(row.outcome.get("why") or row.state.value) for row in rows]


def view(db: Session, platform: Platform, incident_id: UUID) -> PlatformView:
    db.rollback()
    return db.get_one(PlatformView, (platform, incident_id))


def words(db: Session, incident_id: UUID) -> list[IncidentAct]:
    db.rollback()
    return list(
        db.scalars(
            select(IncidentAct)
            .where(IncidentAct.incident_id == incident_id, IncidentAct.act == Act.PLATFORM_WORD)
            .order_by(IncidentAct.number)
        )
    )


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


@pytest.fixture
def broken_views(db: Session) -> Iterator[None]:
    """A database that takes no views for a while."""
    db.execute(text("alter table platform_view add constraint broken check (number < 100)"))
    db.commit()
    yield
    db.rollback()


@pytest.mark.usefixtures("broken_views")
def test_int_1_an_error_is_tried_again_and_holds_up_no_other_subject(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session, city: City
) -> None:
    account(db, city)
    failing = chengdu.says(chengdu.status(incident), 100)
    behind = chengdu.says(chengdu.status(incident, "closed"), 101)
    other = chengdu.says(LoginSaid("wg01", at("08:31")))
    assert process(sessions, NOW) == 2
    assert became(chengdu, failing, behind, other) == ["stored", "stored", "done"]
    row = chengdu.row(failing)
    assert (row.tries, row.outcome) == (1, {"error": "IntegrityError"})
    assert row.next_at == NOW + timedelta(seconds=10)
    assert words(db, incident) == []
    db.execute(text("alter table platform_view drop constraint broken"))
    db.commit()
    assert process(sessions, NOW + timedelta(seconds=9)) == 0
    assert process(sessions, NOW + timedelta(seconds=10)) == 2
    assert became(chengdu, failing, behind) == ["done", "done"]
    assert view(db, Platform.CHENGDU, incident).state == "closed"


@pytest.mark.usefixtures("broken_views")
def test_int_1_what_keeps_failing_is_given_up_kept_and_lets_others_by(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session, city: City
) -> None:
    failing = chengdu.says(chengdu.status(incident), 100)
    behind = chengdu.says(chengdu.card(incident, at("09:30")), 101)
    now = NOW
    for _ in range(TRIES):
        assert became(chengdu, failing) == ["stored"]
        process(sessions, now)
        now = chengdu.row(failing).next_at
    assert became(chengdu, failing, behind) == ["failed", "done"]
    db.execute(text("alter table platform_view drop constraint broken"))
    retry(db, acting(db, city, "command_centre"), failing, now)
    db.commit()
    process(sessions, now)
    assert became(chengdu, failing) == ["done"]


def test_int_1_many_workers_at_once_double_nothing_and_keep_the_order(
    sessions: Sessions, chengdu: Partner, sichuan: Partner, db: Session, city: City
) -> None:
    street = Street(db, city)
    incidents = [street.reported(at("09:00")) for _ in range(4)]
    db.commit()
    said = [(partner, partner.status(key, state), number)
            for number, state in enumerate(("held", "handling", "closed"), 1)
            for key in incidents
            for partner in (chengdu, sichuan)]  # fmt: skip
    keys = [partner.says(each, number) for partner, each, number in said]
    barrier = threading.Barrier(4)

    def work() -> int:
        barrier.wait()
        return process(sessions, NOW)

    with ThreadPoolExecutor(4) as pool:
        found = [future.result() for future in [pool.submit(work) for _ in range(4)]]
    process(sessions, NOW)
    assert set(became(chengdu, *keys)) == {"done"}
    assert sum(found) <= len(keys)
    for key in incidents:
        acts = words(db, key)
        assert [act.number for act in acts] == [2, 3, 4, 5, 6, 7]
        for partner in (chengdu, sichuan):
            told = [act.words["state"] for act in acts
                    if act.facts["platform"] == partner.platform.value]  # fmt: skip
            tables = partner.language.tables
            assert told == [str(tables.word_for("state", state))
                            for state in ("held", "handling", "closed")]  # fmt: skip
            assert view(db, partner.platform, key).state == "closed"


def test_int_1_a_subject_that_another_worker_is_at_is_passed_over(
    sessions: Sessions, chengdu: Partner, incident: UUID, db: Session, city: City
) -> None:
    account(db, city)
    held = chengdu.says(chengdu.status(incident))
    other = chengdu.says(LoginSaid("wg01", at("08:31")))
    with sessions.begin() as another:
        another.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"inbound chengdu incident:{incident}"},
        )
        assert process(sessions, NOW) == 1
    assert became(chengdu, held, other) == ["stored", "done"]
    assert process(sessions, NOW) == 1


STATES = ("held", "handling", "closed", "verified")
Arrivals = list[tuple[int, int, bool]]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    arrivals=st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, 6), st.booleans()), min_size=1, max_size=10
    )
)
def test_int_1_however_they_come_the_latest_word_stands(
    sessions: Sessions, chengdu: Partner, db: Session, city: City, arrivals: Arrivals
) -> None:
    street = Street(db, city)
    incidents = [street.reported(at("09:00")) for _ in range(2)]
    db.commit()
    for which, number, pause in arrivals:
        said = chengdu.status(incidents[which], STATES[number % 4])
        chengdu.says(said, number, key=f"{incidents[which]}-{number}-{uuid4()}")
        if pause:
            process(sessions, NOW)
    process(sessions, NOW)
    db.rollback()
    for which, key in enumerate(incidents):
        numbers = [number for index, number, _ in arrivals if index == which]
        found = db.get(PlatformView, (Platform.CHENGDU, key), populate_existing=True)
        assert (found.number if found else None) == max(numbers, default=None)
        assert len(words(db, key)) <= len(numbers)
    left = select(InboundMessage.id).where(InboundMessage.state == InboundState.STORED)
    assert db.scalars(left).all() == []


def test_int_1_the_moment_is_the_caller_s(
    sessions: Sessions, chengdu: Partner, incident: UUID
) -> None:
    long_ago: datetime = at("10:00", WEDNESDAY - DAY)
    key = chengdu.says(chengdu.status(incident))
    assert process(sessions, long_ago) == 0
    assert became(chengdu, key) == ["stored"]
