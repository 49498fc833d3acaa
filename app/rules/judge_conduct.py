"""CON-1 to CON-3, A3, A5 on cases: what each finding of a worker's year leads to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from app.rules.activity import month_of
from app.rules.cases import Bench, Case, Obtained, values_in
from app.rules.conduct import CON_1, CON_3, Ground, counted_for, ends_on, judge_rung, year_of
from app.rules.grounds import Surveyed, judge_awareness, judge_failures

Happened: TypeAlias = tuple[Ground, date]
NONE = "none"


def judge_conduct(case: Case, bench: Bench) -> Obtained:
    """The penalty of each finding in the case's order, decided in the order of their dates: those
    of `findings`, then what `awareness` and the failed months or years come to."""
    del bench
    before = [_happened(written) for written in case.get("year_before") or ()]
    found = [_happened(written) for written in case.get("findings") or ()]
    found += [*_of_awareness(case), *_of_failures(case)]
    return Obtained({"penalties": _penalties(before, found)}, CON_1.rule, CON_1.clause)


def _penalties(before: Sequence[Happened], found: Sequence[Happened]) -> list[str]:
    decided: list[Happened] = []
    penalties: dict[int, str] = {}
    places = range(-len(before), len(found))
    every = [*before, *found]
    for place, happened in sorted(zip(places, every, strict=True), key=lambda one: one[1][1]):
        penalties[place] = _penalty(decided, happened)
        if penalties[place] != NONE:
            decided.append(happened)
    return [penalties[place] for place in range(len(found))]


def _penalty(decided: Sequence[Happened], happened: Happened) -> str:
    """None where the ground counted within that date or month already (CON-2)."""
    ground, day = happened
    if any(
        (had, counted_for(had, on)) == (ground, counted_for(ground, day)) for had, on in decided
    ):
        return NONE
    first, last = year_of(day)
    times = sum(first <= on <= last for _, on in decided)
    return judge_rung(ground, times).verdict.value


def _of_awareness(case: Case) -> Iterator[Happened]:
    """Each a date, how many knew, and how many were asked; those of one month together."""
    surveys: dict[date, list[Surveyed]] = {}
    for day, aware, asked in case.get("awareness") or ():
        month = month_of(_day(day))[1]
        surveys.setdefault(month, []).append(Surveyed(asked=int(asked), aware=int(aware)))
    for month, found in surveys.items():
        ground = judge_awareness(found, month, values_in(case)).verdict
        if ground is not None:
            yield ground, month


def _of_failures(case: Case) -> Iterator[Happened]:
    """Failed months as 2026-05, failed years as numbers."""
    months = [_day(f"{month}-01") for month in case.get("failed_months") or ()]
    years = [int(year) for year in case.get("failed_years") or ()]
    for year in sorted({*years, *(month.year for month in months)}):
        made = judge_failures(months, year in years, year).verdict
        if made is not None:
            yield Ground.A5, made


def _happened(written: Any) -> Happened:
    """As a pair, or as an object of both."""
    if isinstance(written, Mapping):
        written = (written["ground"], written["on"])
    ground, day = written
    return Ground(ground), _day(day)


def _day(written: object) -> date:
    return date.fromisoformat(str(written))


def judge_penalty_term(case: Case, bench: Bench) -> Obtained:
    """CON-3: the first date on which a penalty of a date is no longer in force."""
    del bench
    facts = {"ends_on": ends_on(_day(case["decided_on"])).isoformat()}
    return Obtained(facts, CON_3.rule, CON_3.clause)
