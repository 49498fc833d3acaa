"""Rulebook part 8: of residents only what a rule needs, for as long as it needs it (INF-1)."""

from datetime import date, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.finding import Finding
from app.rules.information import RecordState
from app.rules.parameters import Label, Parameter, Values, number

KEEPING = Cite("INF-1", "三(一)2, 二2", reading=True)


class Ending(StrEnum):
    """What ends, and after which term it is erased."""

    RECORD = "record"
    SPECIAL_GROUP = "special_group"
    DRAFT = "draft"


def _term(name: str, days: int, bounds: tuple[int, int], zh: str, en: str) -> Parameter[float]:
    return number(name, days, "d", "INF-1", bounds, Label(zh, en))


TERMS = {
    Ending.RECORD: _term(
        "ended_erased_after_days", 365, (30, 3650),
        "终止的信息记录保存天数", "Days that an ended record is kept",
    ),
    Ending.SPECIAL_GROUP: _term(
        "special_erased_after_days", 30, (1, 365),
        "特殊人群信息终止后保存天数", "Days that a special group is kept after its ground ended",
    ),
    Ending.DRAFT: _term(
        "drafts_erased_after_days", 90, (7, 365),
        "未提交草稿保存天数", "Days that a draft is kept that was never submitted",
    ),
}  # fmt: skip


@cites(KEEPING)
def is_over(ending: Ending, ended_on: date, today: date, values: Values) -> Finding[bool]:
    """Whether what ended on a date has to be erased by now."""
    kept_until = ended_on + timedelta(days=values[TERMS[ending]])
    return Finding(
        verdict=today >= kept_until,
        cite=KEEPING,
        because={"ended_on": ended_on.isoformat(), "erased_on": kept_until.isoformat()},
    )


@cites(KEEPING)
def is_needed(state: RecordState, was_entered: bool, ended_on: date | None) -> Finding[bool]:
    """Whether a rule still needs a record: submitted or entered, and not ended."""
    in_force = was_entered or state is RecordState.SUBMITTED
    return Finding(
        verdict=ended_on is None and in_force,
        cite=KEEPING,
        because={
            "state": state.value,
            "entered": was_entered,
            "ended_on": ended_on.isoformat() if ended_on else None,
        },
    )
