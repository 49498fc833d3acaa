"""TSK-1(d): events filed, acted on, verified and scored, and what waits for a score."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Assignment
from app.rules.incidents import Act, Score, State
from app.rules.tasks import BasicTask, TaskPart, TaskVerdict
from app.rules.tiers import Tier
from app.tasks.bands import form_of
from app.tasks.schemas import SheetOut, TaskOut
from app.tasks.sheets import own_sheet
from tests.city import SINCE, City, key
from tests.days.facts import DAY, GRID, LATER, at
from tests.incidents.written_events import Events
from tests.tasks.facts import evening

NEIGHBOUR = "510185001001002"
MONDAY, THURSDAY = DAY - timedelta(days=2), DAY + timedelta(days=1)


@pytest.fixture
def events(db: Session, city: City) -> Events:
    return Events(db, city)


def sheet_of(events: Events, now: datetime | None = None) -> SheetOut:
    events.db.flush()
    return own_sheet(events.db, events.city.workers[GRID], DAY, now or evening())


def task(sheet: SheetOut) -> TaskOut:
    return next(found for found in sheet.tasks if found.task is BasicTask.EVENTS)


def parts(sheet: SheetOut) -> dict[TaskPart, list[str]]:
    return {part.part: part.records for part in task(sheet).parts}


def test_tsk_1_a_score_is_evidence_and_the_task_is_done(events: Events) -> None:
    event = events.closed(at("09:00", MONDAY))
    worker = events.account(GRID)
    event.verified(at("10:00"), worker, Score.MOSTLY)
    sheet = sheet_of(events)
    assert task(sheet).verdict is TaskVerdict.DONE
    (scored,) = sheet.events.scored
    assert (scored.id, scored.score, scored.at) == (event.id, Score.MOSTLY, at("10:00"))
    assert parts(sheet)[TaskPart.VERIFIED] == [str(scored.act_id)]
    assert (sheet.events.verified, sheet.events.waiting_for_verification) == (1, 0)
    assert sheet.events.handled == []


def test_tsk_1_acts_of_the_date_show_and_are_no_score(events: Events) -> None:
    event = events.held(at("09:00", MONDAY))
    worker = events.account(GRID)
    event.acted(Act.TAKE_UP, Tier.GRID, at("10:00"), by=worker, became=State.HANDLING)
    event.acted(Act.ESCALATE, Tier.GRID, at("11:00", MONDAY), by=worker)
    event.acted(Act.CLOSE, Tier.COMMUNITY, at("12:00"), by=events.account("station_lead"))
    sheet = sheet_of(events)
    assert [(each.act, each.id, each.category_zh) for each in sheet.events.handled] == [
        (Act.TAKE_UP, event.id, "公共安全")
    ]
    assert (task(sheet).verdict, parts(sheet)[TaskPart.VERIFIED]) == (TaskVerdict.NONE, [])


def waiting(events: Events, now: datetime | None = None) -> int:
    return sheet_of(events, now).events.waiting_for_verification


def test_tsk_1_what_waits_for_a_score_leaves_the_task_partly_done(events: Events) -> None:
    closed = events.closed(at("09:00", MONDAY))
    filed = events.held(at("09:00"))
    sheet = sheet_of(events)
    assert (sheet.events.waiting_for_verification, task(sheet).verdict) == (1, TaskVerdict.PARTLY)
    assert parts(sheet)[TaskPart.FILED] == [str(filed.id)]
    closed.verified(at("17:00"), events.account(GRID))
    sheet = sheet_of(events)
    assert (sheet.events.waiting_for_verification, task(sheet).verdict) == (0, TaskVerdict.DONE)


def test_tsk_1_as_it_stood_when_the_date_ended(events: Events) -> None:
    event = events.closed(at("09:00", MONDAY))
    code = sheet_of(events).code
    event.verified(at("00:00", THURSDAY), events.account(GRID))
    assert waiting(events, LATER) == 1
    assert sheet_of(events, LATER).code == code
    other = events.closed(at("22:59:59"))
    assert waiting(events, LATER) == 2
    other.verified(at("23:59:59"), events.account(GRID))
    assert waiting(events, LATER) == 1


def test_tsk_1_closed_after_the_date_or_reopened_on_it_does_not_wait(events: Events) -> None:
    events.closed(at("23:00"))
    assert waiting(events, LATER) == 0
    event = events.closed(at("09:00", MONDAY))
    assert waiting(events, LATER) == 1
    event.acted(Act.VERIFY, Tier.GRID, at("10:00"), became=State.HELD, by=events.account(GRID))
    event.becomes(State.HELD, reopened=True, closed_at=None)
    assert waiting(events, LATER) == 0
    event.acted(Act.CLOSE, Tier.GRID, at("09:00", THURSDAY), became=State.CLOSED)
    assert waiting(events, LATER) == 0


def test_tsk_1_reopened_later_it_still_waited_on_the_date(events: Events) -> None:
    event = events.closed(at("09:00", MONDAY))
    worker = events.account(GRID)
    event.acted(Act.VERIFY, Tier.GRID, at("10:00", THURSDAY), became=State.HELD, by=worker)
    event.becomes(State.HELD, reopened=True, closed_at=None)
    assert waiting(events, LATER) == 1


def test_tsk_1_only_one_s_own_grids(events: Events) -> None:
    events.closed(at("09:00", MONDAY), NEIGHBOUR)
    assert waiting(events) == 0
    events.db.add(
        Assignment(
            id=key(),
            worker_id=events.city.workers[GRID],
            level=1,
            grid_code=NEIGHBOUR,
            first_responsible=False,
            valid=Range(SINCE, None),
        )
    )
    assert waiting(events) == 1


def line(sheet: SheetOut, language: str) -> Sequence[str]:
    rows = form_of(sheet, "zh" if language == "zh" else "en").bands[-1].rows
    found = next(row for row in rows if row[0].text in {"事件", "Events"})
    return found[1].text.splitlines()


def test_tsk_2_events_on_the_form_in_both_languages(events: Events) -> None:
    worker = events.account(GRID)
    events.closed(at("09:00", MONDAY)).verified(at("10:00"), worker)
    events.closed(at("11:00", MONDAY))
    event = events.held(at("14:40"), category="dispute")
    event.acted(Act.ESCALATE, Tier.GRID, at("15:00"), by=worker)
    assert line(sheet_of(events), "zh") == [
        "上报 1：14:40 矛盾纠纷（一般）",
        "办理 1：15:00 矛盾纠纷（上报上级）",
        "验证 1：10:00 公共安全（满意）",
        "待验证评分 1 件",
    ]
    assert line(sheet_of(events), "en") == [
        "Filed 1: 14:40 Dispute (general)",
        "Handled 1: 15:00 Dispute (escalated)",
        "Verified 1: 10:00 Public safety (satisfied)",
        "1 wait to be verified and scored",
    ]
