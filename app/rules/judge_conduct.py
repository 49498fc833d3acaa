"""CON-1 to CON-3, A3, A5 on cases: what each finding of a worker's year leads to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.rules.activity import month_of
from app.rules.cases import Bench, Case, Obtained, day_in, values_in, whole_in
from app.rules.conduct import (
    CON_1,
    CON_3,
    Ground,
    PenaltyKind,
    counted_for,
    ends_on,
    judge_rung,
    year_of,
)
from app.rules.grounds import SURVEY_MIN_ASKED, Surveyed, judge_awareness, judge_failures

NONE = "none"
OVERTURNED = "overturned"
MONTH_LETTERS = len("2026-03")


@dataclass(frozen=True)
class Happened:
    """A finding; one whose penalty was overturned leads to what it led to, and never counted."""

    ground: Ground
    on: date
    overturned: bool = False


def judge_conduct(case: Case, bench: Bench) -> Obtained:
    """The penalty of each finding in the case's order, decided in the order of their dates: those
    of `findings`, then what `awareness` and the failed months or years come to."""
    del bench
    before = [_happened(written) for written in case.get("year_before") or ()]
    found = [_happened(written) for written in case.get("findings") or ()]
    found += _of_awareness(case)
    found += _of_failures(case, _failed_by_demerit(found, _penalties(before, found)))
    return Obtained({"penalties": _penalties(before, found)}, CON_1.rule, CON_1.clause)


def _penalties(before: Sequence[Happened], found: Sequence[Happened]) -> list[str]:
    decided: list[Happened] = []
    penalties: dict[int, str] = {}
    places = range(-len(before), len(found))
    every = [*before, *found]
    for place, happened in sorted(zip(places, every, strict=True), key=lambda one: one[1].on):
        penalties[place] = _penalty(decided, happened)
        if penalties[place] != NONE and not happened.overturned:
            decided.append(happened)
    return [penalties[place] for place in range(len(found))]


def _penalty(decided: Sequence[Happened], happened: Happened) -> str:
    """None where the ground counted within that date or month already (CON-2)."""
    period = counted_for(happened.ground, happened.on)
    if any(
        (had.ground, counted_for(had.ground, had.on)) == (happened.ground, period)
        for had in decided
    ):
        return NONE
    first, last = year_of(happened.on)
    times = sum(first <= had.on <= last for had in decided)
    return judge_rung(happened.ground, times).verdict.value


def _of_awareness(case: Case) -> Iterator[Happened]:
    """Each survey by itself: a date, how many knew, and how many were asked. How many have to be
    asked is not at issue unless the case's parameters say so."""
    least = {SURVEY_MIN_ASKED.name: 1} | dict(case.get("parameters") or {})
    values = values_in({"parameters": least})
    for written in case.get("awareness") or ():
        on, survey = _surveyed(written)
        ground = judge_awareness([survey], on, values).verdict
        if ground is not None:
            yield Happened(ground, on)


def _surveyed(written: Any) -> tuple[date, Surveyed]:
    if isinstance(written, Mapping):
        written = (_date_of(written), written["aware"], written["asked"])
    day, aware, asked = written
    survey = Surveyed(asked=whole_in(asked), aware=whole_in(aware))
    if survey.aware > survey.asked:
        raise ValueError(f"{aware!r} of {asked!r} is no survey")
    return _day(day), survey


def _failed_by_demerit(found: Iterable[Happened], penalties: Iterable[str]) -> list[date]:
    """Months that a demerit fails (CON-1), each decided on its date."""
    return [
        happened.on
        for happened, penalty in zip(found, penalties, strict=True)
        if penalty == PenaltyKind.DEMERIT.value and not happened.overturned
    ]


def _of_failures(case: Case, demerits: Sequence[date]) -> Iterator[Happened]:
    """Failed months as 2026-05, failed years as numbers; a year is graded at its end."""
    months = [*map(_day, case.get("failed_months") or ()), *demerits]
    years = [whole_in(year) for year in case.get("failed_years") or ()]
    for year in sorted({*years, *(month.year for month in months)}):
        made = judge_failures(months, year in years, year).verdict
        if made is not None:
            by_year = made == date(year, 1, 1)
            yield Happened(Ground.A5, date(year, 12, 31) if by_year else made)


def _happened(written: Any) -> Happened:
    """As a pair, or as an object of both; whether it was overturned stands behind or in it."""
    if isinstance(written, Mapping):
        return Happened(
            Ground(written["ground"]), _day(_date_of(written)), bool(written.get(OVERTURNED))
        )
    ground, day, *rest = written
    if rest not in ([], [OVERTURNED]):
        raise ValueError(f"{written!r} is not a ground and its date")
    return Happened(Ground(ground), _day(day), bool(rest))


def _date_of(written: Case) -> object:
    return written["date"] if "date" in written else written["on"]


def _day(written: object) -> date:
    """A date; of a month alone its last."""
    text = str(written)
    return month_of(day_in(f"{text}-01"))[1] if len(text) == MONTH_LETTERS else day_in(written)


def judge_penalty_term(case: Case, bench: Bench) -> Obtained:
    """CON-3: the first date on which a penalty of a date is no longer in force."""
    del bench
    facts = {"ends_on": ends_on(day_in(case["decided_on"])).isoformat()}
    return Obtained(facts, CON_3.rule, CON_3.clause)
