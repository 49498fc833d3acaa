"""INT-1: errors, many workers at once and any order of arrival lose and double nothing."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import (
    InboundMessage,
    PlatformView,
)
from app.platforms.message_lists import retry
from app.platforms.sayings import LoginSaid
from app.platforms.taking_in import process
from app.rules.delivery import InboundState
from app.rules.exchange import TRIES
from app.rules.tasks import Platform
from tests.attendance.facts import WEDNESDAY, acting, at
from tests.city import City
from tests.incidents.facts import Street
from tests.platforms.partner import Partner
from tests.platforms.taken import DAY, NOW, account, became, view, words


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
