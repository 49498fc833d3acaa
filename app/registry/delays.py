"""Entered in time or not, by grid: what was collected in a range of dates (INF-2)."""

from collections import Counter, defaultdict
from datetime import date, datetime

from pydantic import ConfigDict
from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from app.db.models import Record
from app.kit.clock import SHANGHAI, civil_day, day_end, day_start
from app.kit.schema import Out
from app.people.posts import under
from app.people.values import supersessions
from app.registry.schemas import Example
from app.rules.information import EntryVerdict, judge_entry
from app.rules.parameters import values_on

DELAY: Example = {
    "grid_code": "510185001001001",
    "in_time": 12,
    "late": 1,
    "open": 2,
    "overdue": 0,
}


class DelayRow(Out):
    """How many records of a grid were entered in time, late, or not yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [DELAY]})

    grid_code: str
    in_time: int
    late: int
    open: int
    overdue: int


class DelaysOut(Out):
    """What a unit collected in a range, by grid and in all."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit_code": "510185001001",
                    "rule": "INF-2",
                    "clause": "四(二)5",
                    "items": [DELAY],
                    "total": DELAY | {"grid_code": "510185001001"},
                }
            ]
        }
    )

    unit_code: str
    rule: str
    clause: str
    items: list[DelayRow]
    total: DelayRow


def delays(session: Session, unit_code: str, first: date, last: date, now: datetime) -> DelaysOut:
    """Records by the civil day on which they were collected, each judged by its first entry."""
    found = _verdicts(session, unit_code, first, last, civil_day(now))
    rows = [_row(grid, counts) for grid, counts in sorted(found.items())]
    total = sum(found.values(), Counter[EntryVerdict]())
    return DelaysOut(
        unit_code=unit_code,
        rule="INF-2",
        clause="四(二)5",
        items=rows,
        total=_row(unit_code, total),
    )


def _verdicts(
    session: Session, unit_code: str, first: date, last: date, today: date
) -> dict[str, Counter[EntryVerdict]]:
    collected = cast(func.timezone(SHANGHAI.key, Record.collected_at), Date)
    entered = cast(func.timezone(SHANGHAI.key, Record.entered_at), Date)
    rows = session.execute(
        select(Record.grid_code, collected, entered, func.count())
        .where(
            under(Record.community_code, unit_code[:12]),
            under(Record.grid_code, unit_code),
            Record.collected_at >= day_start(first),
            Record.collected_at < day_end(last),
            Record.merged_into.is_(None),
        )
        .group_by(Record.grid_code, collected, entered)
    )
    history = supersessions(session)
    found: dict[str, Counter[EntryVerdict]] = defaultdict(Counter)
    for grid, collected_on, entered_on, count in rows:
        judged = judge_entry(collected_on, entered_on, today, values_on(collected_on, history))
        found[grid][judged.verdict] += count
    return found


def _row(unit_code: str, counts: Counter[EntryVerdict]) -> DelayRow:
    return DelayRow(
        grid_code=unit_code,
        in_time=counts[EntryVerdict.IN_TIME],
        late=counts[EntryVerdict.LATE],
        open=counts[EntryVerdict.OPEN],
        overdue=counts[EntryVerdict.OVERDUE],
    )
