"""INF-5: known changes, and the version that records them (四(二)5)."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db.models import KnownChange, Record, RecordConflict
from app.kit.errors import BadCursor, NotFound
from app.people.principal import Principal
from app.registry.erasing import erase
from app.registry.focus_refusals import KnownInTheFuture
from app.registry.focus_schemas import KnownChangeIn, KnownChangeOut
from app.registry.known_changes import (
    StaleBy,
    change_out,
    changes_under,
    note_change,
    staleness,
)
from app.registry.merge_schemas import MergeIn, UndoIn
from app.registry.merging import merge, undo
from app.registry.refusals import RecordErased, RecordMerged
from app.registry.rights_schemas import ErasureGround
from app.rules.accuracy import ChangeState
from tests.attendance.facts import acting
from tests.city import City
from tests.registry.registers import (
    COMMUNITY,
    ELSEWHERE,
    GRID,
    NEIGHBOUR,
    NOW,
    Registers,
)

KNOWN_ON = date(2026, 3, 16)
DUE_ON = date(2026, 6, 16)


@pytest.fixture
def registers(db: Session, city: City) -> Registers:
    return Registers(db, city)


@pytest.fixture
def lead(db: Session, city: City) -> Principal:
    return acting(db, city, "station_lead")


def noted(
    registers: Registers, asker: Principal, record: Record, known_on: date = KNOWN_ON
) -> KnownChange:
    body = KnownChangeIn(
        record_id=record.id, known_on=known_on, source="派出所通报", what="刘某1已换电话"
    )
    return note_change(registers.db, asker, body, NOW)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def seen(registers: Registers, change: KnownChange, today: date = DUE_ON) -> KnownChangeOut:
    return change_out(registers.db, change.id, today)


def test_inf_5_open_until_the_last_day_and_overdue_after_it(
    registers: Registers, lead: Principal
) -> None:
    change = noted(registers, lead, registers.person(1))
    found = seen(registers, change)
    assert (found.state, found.due_on, found.recorded_on) == (ChangeState.OPEN, DUE_ON, None)
    assert (found.what, found.source, found.rule) == ("刘某1已换电话", "派出所通报", "INF-5")
    late = seen(registers, change, DUE_ON + timedelta(days=1))
    assert late.state is ChangeState.OVERDUE


@pytest.mark.parametrize(
    ("recorded_on", "state"),
    [
        (KNOWN_ON, ChangeState.IN_TIME),
        (DUE_ON, ChangeState.IN_TIME),
        (DUE_ON + timedelta(days=1), ChangeState.LATE),
    ],
)
def test_inf_5_recorded_by_a_later_version(
    registers: Registers, lead: Principal, recorded_on: date, state: ChangeState
) -> None:
    record = registers.person(1)
    change = noted(registers, lead, record)
    registers.correct(record, at(recorded_on), phone="13900000001")
    registers.correct(record, at(date(2026, 8, 1)), phone="13900000002")
    found = seen(registers, change, date(2026, 9, 1))
    assert (found.state, found.recorded_on) == (state, recorded_on)
    assert found.recorded_version == 2


def test_inf_5_versions_of_before_record_nothing(registers: Registers, lead: Principal) -> None:
    record = registers.person(1)
    registers.correct(record, at(KNOWN_ON - timedelta(days=1)), phone="13900000001")
    assert seen(registers, noted(registers, lead, record)).state is ChangeState.OPEN


def test_inf_5_what_is_not_entered_or_only_proposed_records_nothing(
    registers: Registers, lead: Principal
) -> None:
    record = registers.person(1)
    change = noted(registers, lead, record)
    registers.correct(record, phone="13900000001")
    record.entered_version = 1
    registers.db.flush()
    assert seen(registers, change).state is ChangeState.OPEN
    record.entered_version = 2
    registers.db.flush()
    assert seen(registers, change).state is ChangeState.IN_TIME
    registers.db.add(
        RecordConflict(
            id=uuid4(),
            record_id=record.id,
            community_code=COMMUNITY,
            field="phone",
            standing_version=1,
            proposed_version=2,
            raised_at=NOW,
        )
    )
    registers.db.flush()
    assert seen(registers, change).state is ChangeState.OPEN


def test_inf_5_a_change_of_a_merged_record_is_recorded_where_it_went(
    registers: Registers, lead: Principal
) -> None:
    kept, merged = registers.person(1), registers.person(2)
    change = noted(registers, lead, merged)
    body = MergeIn(kept=kept.id, merged=merged.id, reason="重复")
    done = merge(registers.db, registers.admin(), body, NOW)
    found = seen(registers, change)
    assert (found.state, found.stands_as, found.record_id) == ("open", kept.id, merged.id)
    registers.correct(kept, phone="13900000001")
    found = seen(registers, change)
    assert (found.state, found.recorded_version) == ("in_time", kept.version)
    last = registers.person(3)
    onwards = MergeIn(kept=last.id, merged=kept.id, reason="重复")
    again = merge(registers.db, registers.admin(), onwards, NOW)
    assert (seen(registers, change).stands_as, seen(registers, change).state) == (
        last.id,
        "in_time",
    )
    undo(registers.db, registers.admin(), again.id, UndoIn(reason="误并"), NOW)
    undo(registers.db, registers.admin(), done.id, UndoIn(reason="误并"), NOW)
    found = seen(registers, change)
    assert (found.state, found.stands_as) == ("open", merged.id)


def test_noted_of_what_stands_within_ones_unit(registers: Registers, lead: Principal) -> None:
    record, other = registers.person(1), registers.person(2)
    with pytest.raises(KnownInTheFuture):
        noted(registers, lead, record, date(2026, 3, 19))
    assert noted(registers, lead, record, date(2026, 3, 18)).known_on == date(2026, 3, 18)
    with pytest.raises(NotFound):
        noted(registers, lead, registers.person(3, ELSEWHERE))
    body = MergeIn(kept=record.id, merged=other.id, reason="重复")
    merge(registers.db, registers.admin(), body, NOW)
    with pytest.raises(RecordMerged):
        noted(registers, lead, other)
    erase(registers.db, record, None, ErasureGround.TERM_OVER, NOW)
    with pytest.raises(RecordErased):
        noted(registers, lead, record)


def test_inf_5_the_words_are_erased_with_the_record(registers: Registers, lead: Principal) -> None:
    record = registers.person(1)
    change = noted(registers, lead, record)
    erase(registers.db, record, None, ErasureGround.TERM_OVER, NOW)
    registers.db.expire_all()
    found = seen(registers, change)
    assert (found.what, found.source) == (None, None)


def test_inf_5_listed_longest_known_first_by_state_and_page(
    registers: Registers, lead: Principal
) -> None:
    days = [date(2026, 3, 11), date(2026, 3, 11), date(2026, 3, 12), date(2026, 3, 13)]
    changes = [noted(registers, lead, registers.person(n), day) for n, day in enumerate(days, 1)]
    township = acting(registers.db, registers.city, "township")
    noted(registers, township, registers.person(9, ELSEWHERE))
    today = date(2026, 6, 12)

    def listed(state: ChangeState | None, limit: int) -> list[KnownChangeOut]:
        found: list[KnownChangeOut] = []
        cursor: str | None = None
        while True:
            page = changes_under(registers.db, COMMUNITY, state, (cursor, limit), today)
            assert len(page.items) <= limit
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found

    assert [one.known_on for one in listed(None, 3)] == days
    assert {one.id for one in listed(None, 1)} == {change.id for change in changes}
    overdue = [one.id for one in listed(ChangeState.OVERDUE, 1)]
    still_open = [one.id for one in listed(ChangeState.OPEN, 1)]
    assert set(overdue) == {change.id for change in changes[:2]}
    assert still_open == [change.id for change in changes[2:]]
    assert listed(ChangeState.LATE, 5) == []
    with pytest.raises(BadCursor):
        changes_under(registers.db, COMMUNITY, None, ("WyJhIiwiYiJd", 1), today)


def test_inf_5_staleness_counts_each_state(registers: Registers, lead: Principal) -> None:
    open_, late, in_time, elsewhere = (
        registers.person(1),
        registers.person(2),
        registers.person(3, NEIGHBOUR),
        registers.person(4, ELSEWHERE),
    )
    for record in (open_, late, in_time):
        noted(registers, lead, record)
    township = acting(registers.db, registers.city, "township")
    noted(registers, township, elsewhere)
    registers.correct(late, at(date(2026, 6, 17)), phone="13900000001")
    registers.correct(in_time, at(date(2026, 5, 1)), phone="13900000002")

    def rows(unit: str, by: StaleBy, today: date) -> list[tuple[str, int, int, int, int, int]]:
        found = staleness(registers.db, unit, by, today).items
        return [
            (one.unit_code, one.known, one.in_time, one.late, one.open, one.overdue)
            for one in found
        ]

    after = date(2026, 6, 17)
    assert rows(COMMUNITY, StaleBy.UNIT, DUE_ON) == [(COMMUNITY, 3, 1, 1, 1, 0)]
    assert rows(COMMUNITY, StaleBy.UNIT, after) == [(COMMUNITY, 3, 1, 1, 0, 1)]
    assert rows(COMMUNITY, StaleBy.GRID, after) == [
        (GRID, 2, 0, 1, 0, 1),
        (NEIGHBOUR, 1, 1, 0, 0, 0),
    ]
    assert rows("510185001", StaleBy.COMMUNITY, after) == [
        (COMMUNITY, 3, 1, 1, 0, 1),
        (ELSEWHERE[:12], 1, 0, 0, 0, 1),
    ]
    assert rows(NEIGHBOUR, StaleBy.UNIT, after) == [(NEIGHBOUR, 1, 1, 0, 0, 0)]
    assert rows("510185002", StaleBy.UNIT, after) == [("510185002", 0, 0, 0, 0, 0)]


def test_nothing_personal_is_told_or_kept_in_plain(registers: Registers, lead: Principal) -> None:
    noted(registers, lead, registers.person(1))
    rows = str(registers.db.execute(text("select * from known_change")).all())
    for value in ("刘某1", "派出所"):
        assert value not in registers.everything_told()
        assert value not in rows
    [(_, facts)] = registers.facts("change.noted")
    assert facts["known_on"] == "2026-03-16"
