"""INT-1, INT-2: after a reconciliation a platform has what it was told, and we what it said."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.db.engine import Sessions, make_engine, make_sessions
from app.db.models import (
    InboundMessage,
    OutboxEvent,
    Reconciliation,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.kit.ids import uuid7
from app.outbox.fanout import Told, tell
from app.platforms.asking import MESSAGES_AT_MOST
from app.platforms.comparing import (
    Difference,
    DifferenceKind,
    OurEvent,
    Ours,
    Standing,
    compare,
)
from app.platforms.reconciling import Asked, days_due, reconcile, reconcile_due
from app.platforms.refusals import NothingToReconcile
from app.rules.delivery import DeliveryState, EndpointState
from app.rules.tasks import Platform
from app.settings import Settings
from tests.city import City
from tests.platforms.meeting import deliver, meet
from tests.platforms.standing_in import Running, standing_in
from tests.webhooks.receiver import Say, receiving

WEDNESDAY = date(2026, 3, 18)
TUESDAY, THURSDAY = WEDNESDAY - timedelta(days=1), WEDNESDAY + timedelta(days=1)
MORNING = datetime(2026, 3, 18, 1, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 18, 19, 40, tzinfo=UTC)
"""03:40 of Thursday in Asia/Shanghai."""
A, B = (UUID(f"0199d2f0-0000-7000-8000-00000000000{each}") for each in "ab")


class Clock:
    """A clock that the test moves."""

    now = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def sessions(database: Settings) -> Iterator[Sessions]:
    engine = make_engine(database)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def db(sessions: Sessions) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=list(Platform), ids=str)
def running(
    request: pytest.FixtureRequest, db: Session, city: City, clock: Clock
) -> Iterator[Running]:
    with standing_in(request.param, clock) as found:
        meet(db, found, MORNING - timedelta(days=30))
        yield found


@pytest.fixture
def chengdu(db: Session, city: City, clock: Clock) -> Iterator[Running]:
    with standing_in(Platform.CHENGDU, clock) as found:
        meet(db, found, MORNING - timedelta(days=30))
        yield found


def happen(db: Session, key: UUID, *states: str, at: datetime = MORNING) -> Sequence[UUID]:
    """An event of ours passes through states; committed."""
    told = [
        Told(
            "incident.acted",
            ("incident", str(key)),
            "510185001001001",
            at,
            {"act": "report", "act_number": number, "state": state},
        )
        for number, state in enumerate(states, start=1)
    ]
    keys = tell(db, told)
    db.commit()
    return keys


def night(sessions: Sessions, running: Running, clock: Clock, day: date = WEDNESDAY) -> Any:
    """One date is reconciled in the night that follows."""
    clock.now = NIGHT
    return reconcile(sessions, Asked(running.standin.agreement.platform, day, NIGHT))


def held(running: Running) -> dict[str, int]:
    """The last number of each subject that the platform has."""
    return {each["id"]: each["number"] for each in running.state()["held"]}


def came_out(row: Reconciliation) -> tuple[int, int, int, int, str | None]:
    return row.ours, row.theirs, row.sent_again, row.taken_in, row.error


def test_int_2_where_all_was_told_nothing_differs(
    db: Session, sessions: Sessions, running: Running, clock: Clock
) -> None:
    happen(db, A, "held", "handling", "followed_up")
    happen(db, B, "held")
    deliver(sessions, clock)
    row = night(sessions, running, clock)
    assert (came_out(row), row.differences) == ((2, 2, 0, 0, None), [])


def test_int_2_what_is_missing_there_is_told_again_in_order(
    db: Session, sessions: Sessions, running: Running, clock: Clock
) -> None:
    keys = happen(db, A, "held", "handling", "closed")
    deliver(sessions, clock)
    running.lose(str(A))
    row = night(sessions, running, clock)
    assert came_out(row) == (1, 0, 3, 0, None)
    assert [(found["kind"], found["remedy"]) for found in row.differences] == [
        ("missing_there", "sent_again")
    ]
    deliver(sessions, clock)
    state = running.state()
    assert ([each["message_id"] for each in state["latest_arrivals"]], state["flaws"]) == (
        [str(key) for key in keys],
        {},
    )
    assert night(sessions, running, clock).differences == []


def test_int_2_what_lags_is_told_what_it_lacks(
    db: Session, sessions: Sessions, running: Running, clock: Clock
) -> None:
    happen(db, A, "held", "handling", "closed")
    deliver(sessions, clock)
    running.lose(str(A), above=1)
    (found,) = night(sessions, running, clock).differences
    assert (found["kind"], found["ours"]["number"], found["theirs"]["number"]) == (
        "state_differs",
        3,
        1,
    )
    deliver(sessions, clock)
    assert (held(running), running.state()["flaws"]) == ({str(A): 3}, {})


def test_int_2_another_state_is_told_once_more(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    happen(db, A, "held", "handling")
    deliver(sessions, clock)
    chengdu.standin.ledger.held["incident", str(A)].state = "待处理"
    row = night(sessions, chengdu, clock)
    (found,) = row.differences
    assert (found["kind"], row.sent_again) == ("state_differs", 1)
    assert (found["ours"]["state"], found["theirs"]["state"]) == ("处理中", "待处理")


def test_int_2_what_still_waits_is_no_difference(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    happen(db, A, "held")
    row = night(sessions, chengdu, clock)
    assert (came_out(row), row.differences) == ((1, 0, 0, 0, None), [])


def test_int_2_dead_letters_and_what_happened_while_disabled_are_told_in_the_end(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    happen(db, A, "held")
    db.execute(update(WebhookDelivery).values(state=DeliveryState.DEAD, finished_at=MORNING))
    db.execute(update(WebhookEndpoint).values(state=EndpointState.DISABLED))
    happen(db, B, "held", "closed")
    assert db.scalar(select(func.count()).select_from(WebhookDelivery)) == 1
    db.execute(update(WebhookEndpoint).values(state=EndpointState.ACTIVE))
    db.commit()
    row = night(sessions, chengdu, clock)
    assert row.sent_again == 3
    deliver(sessions, clock)
    assert held(chengdu) == {str(A): 1, str(B): 2}


def test_int_1_what_it_was_not_to_be_told_of_is_not_missing(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    db.execute(update(WebhookEndpoint).values(event_types=["incident.card_drawn"]))
    happen(db, A, "held")
    db.execute(update(WebhookEndpoint).values(event_types=[], unit_code="510185002"))
    happen(db, B, "held")
    assert came_out(night(sessions, chengdu, clock)) == (0, 0, 0, 0, None)


def test_int_2_a_subject_is_judged_on_the_date_of_its_last_event(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    happen(db, A, "held", at=MORNING - timedelta(days=1))
    happen(db, A, "handling")
    deliver(sessions, clock)
    chengdu.lose(str(A))
    assert night(sessions, chengdu, clock, TUESDAY).sent_again == 0
    assert night(sessions, chengdu, clock).sent_again == 2


def test_int_1_a_message_that_never_came_is_taken_in_once(
    db: Session, sessions: Sessions, running: Running, clock: Clock
) -> None:
    login = {"kind": "login", "account": "jy001"}
    (sent, other) = running.send(login, login, withheld=True)
    row = night(sessions, running, clock)
    assert (row.taken_in, {found["message_id"] for found in row.differences}) == (
        2,
        {sent["message_id"], other["message_id"]},
    )
    assert night(sessions, running, clock).differences == []
    kept = db.scalars(select(InboundMessage.message_id)).all()
    assert sorted(kept) == sorted([sent["message_id"], other["message_id"]])


def test_int_1_a_message_that_is_not_proven_is_not_taken_in(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    chengdu.send({"kind": "login", "account": "jy001"}, withheld=True)
    agreed = chengdu.standin.agreement
    other = replace(agreed.says, secrets=("of-somebody-else-entirely",))
    chengdu.standin.agreement = replace(agreed, says=other)
    row = night(sessions, chengdu, clock)
    (found,) = row.differences
    assert (found["remedy"], found["why"]) == ("none", "webhook.not_authentic")
    assert (row.taken_in, db.scalars(select(InboundMessage)).all()) == (0, [])


def test_int_1_what_it_has_and_we_know_nothing_of_is_shown(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    happen(db, A, "held")
    deliver(sessions, clock)
    book = chengdu.standin.ledger.held
    book["incident", "never-heard-of"] = book["incident", str(A)]
    (found,) = night(sessions, chengdu, clock).differences
    assert (found["kind"], found["subject_id"], found["remedy"]) == (
        "missing_here",
        "never-heard-of",
        "none",
    )


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ({"behaviour": "gone"}, "connection"),
        ({"behaviour": "fail", "status": 500}, "status_500"),
        ({"behaviour": "fail", "status": 302}, "status_302"),
        ({"behaviour": "throttle", "retry_after_s": 9}, "status_429"),
    ],
    ids=["gone", "500", "302", "429"],
)
def test_int_2_a_platform_that_can_t_be_asked_is_kept_as_an_error(
    db: Session,
    sessions: Sessions,
    chengdu: Running,
    clock: Clock,
    mood: dict[str, Any],
    error: str,
) -> None:
    happen(db, A, "held")
    deliver(sessions, clock)
    chengdu.control(**mood)
    assert came_out(night(sessions, chengdu, clock)) == (1, 0, 0, 0, error)


def test_without_a_token_or_a_key_it_can_t_be_asked(
    db: Session, sessions: Sessions, clock: Clock, city: City
) -> None:
    with standing_in(Platform.SICHUAN, clock) as sichuan:
        meet(db, sichuan, MORNING, credentials={"client_id": "x"})
        assert night(sessions, sichuan, clock).error == "no_token"
    with standing_in(Platform.CHENGDU, clock) as chengdu:
        meet(db, chengdu, MORNING, credentials=None)
        assert night(sessions, chengdu, clock).error == "not_signed"


def test_inward_addresses_are_not_asked(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    db.execute(update(WebhookEndpoint).values(allow_cidrs=[]))
    db.commit()
    assert night(sessions, chengdu, clock).error == "refused_address"


@pytest.mark.parametrize("state", [EndpointState.DISABLED, EndpointState.RETIRED], ids=str)
def test_nobody_to_ask(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock, state: EndpointState
) -> None:
    db.execute(update(WebhookEndpoint).values(state=state))
    db.commit()
    with pytest.raises(NothingToReconcile):
        night(sessions, chengdu, clock)
    assert reconcile_due(sessions, NIGHT) == []


def test_each_of_the_last_seven_days_until_it_was_answered_for(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    clock.now = NIGHT
    last = [THURSDAY - timedelta(days=back) for back in range(1, 8)]
    chengdu.control(behaviour="gone")
    assert [row.day for row in reconcile_due(sessions, NIGHT)] == [WEDNESDAY]
    assert days_due(db, Platform.CHENGDU, THURSDAY) == last
    chengdu.control(behaviour="well")
    assert [row.day for row in reconcile_due(sessions, NIGHT)] == last
    assert reconcile_due(sessions, NIGHT) == []
    assert days_due(db, Platform.CHENGDU, THURSDAY + timedelta(days=1)) == [THURSDAY]


def test_a_paused_platform_is_left_alone_at_night(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    clock.now = NIGHT
    db.execute(update(WebhookEndpoint).values(state=EndpointState.PAUSED))
    db.commit()
    assert reconcile_due(sessions, NIGHT) == []
    assert night(sessions, chengdu, clock).error is None


@pytest.fixture
def failing_chengdu(db: Session) -> None:
    """A database that keeps no reconciliations of one platform."""
    db.execute(
        text("alter table reconciliation add constraint broken check (platform <> 'chengdu')")
    )
    db.commit()


@pytest.mark.usefixtures("failing_chengdu")
def test_int_2_what_fails_with_one_platform_leaves_the_other_its_turn(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    with standing_in(Platform.SICHUAN, clock) as sichuan:
        meet(db, sichuan, MORNING)
        clock.now = NIGHT
        done = reconcile_due(sessions, NIGHT)
    assert [(row.platform, row.error) for row in done] == [(Platform.SICHUAN, None)] * 7


def test_int_2_an_answer_beyond_all_measure_is_not_understood(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    said = {"message_id": "m", "headers": {}, "body": ""}
    answers = {
        "/events": json.dumps({"events": []}),
        "/messages": json.dumps({"messages": [said] * (MESSAGES_AT_MOST + 1)}),
    }
    with receiving(lambda got: Say(200, body=answers[got.path.split("?")[0]].encode())) as wide:
        db.execute(update(WebhookEndpoint).values(url=wide.url))
        db.commit()
        assert night(sessions, chengdu, clock).error == "not_understood"


def test_a_date_that_was_not_over_is_reconciled_again(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    reconcile(sessions, Asked(Platform.CHENGDU, WEDNESDAY, MORNING))
    assert WEDNESDAY in days_due(db, Platform.CHENGDU, THURSDAY)


def test_each_reconciliation_leaves_a_trace(
    db: Session, sessions: Sessions, chengdu: Running, clock: Clock
) -> None:
    row = night(sessions, chengdu, clock)
    trace = db.scalars(select(OutboxEvent).where(OutboxEvent.name == "platform.reconciled")).one()
    assert (trace.subject_id, trace.facts["day"], trace.facts["error"]) == (
        str(row.id),
        "2026-03-18",
        None,
    )


def ours(*numbers: int, state: str = "held", waits: int = 0, of_the_day: bool = True) -> Ours:
    return Ours(
        [
            OurEvent(uuid7(MORNING), number, of_the_day, number > len(numbers) - waits)
            for number in numbers
        ],
        state,
    )


@pytest.mark.parametrize(
    ("told", "theirs", "kind", "again"),
    [
        (ours(1, 2), Standing(2, "held"), None, 0),
        (ours(1, 2), Standing(3, "closed"), None, 0),
        (ours(1, 2), Standing(2, "closed"), DifferenceKind.STATE_DIFFERS, 1),
        (ours(1, 2, 3), Standing(1, "held"), DifferenceKind.STATE_DIFFERS, 2),
        (ours(1, 2, 3), Standing(0, None), DifferenceKind.STATE_DIFFERS, 3),
        (ours(1, 2, 3), None, DifferenceKind.MISSING_THERE, 3),
        (ours(1, 2, 3, waits=1), None, None, 0),
        (ours(1, 2, 3, waits=1), Standing(1, "held"), None, 0),
        (ours(1, of_the_day=False), None, None, 0),
    ],
    ids=["same", "ahead", "state", "lags", "nothing", "missing", "waits", "coming", "later"],
)
def test_int_2_what_differs(
    told: Ours, theirs: Standing | None, kind: DifferenceKind | None, again: int
) -> None:
    subject = ("incident", "a")
    found: Sequence[Difference] = compare(
        {subject: told}, {} if theirs is None else {subject: theirs}
    )
    assert [(each.kind, len(each.again)) for each in found] == ([(kind, again)] if kind else [])
