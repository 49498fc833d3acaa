"""VIS-1 to VIS-7 on cases: what a target owes in a span, and what its visits pay."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.rules.cases import Bench, Case, Obtained, instant_in, is_mocked, position_in, values_in
from app.rules.geodesy import Position, distance_m
from app.rules.visits import (
    VIS_6,
    Count,
    IsDutyDate,
    Life,
    PaidVisit,
    VisitKind,
    VisitMade,
    VisitManner,
    VisitOutcome,
    VisitVerdict,
    cite_of,
    count,
    judge_visit,
    periods_ending,
)


def judge_visits(case: Case, bench: Bench) -> Obtained:
    """What is owed and paid over the periods whose last date lies from `from` to `to`; of a case
    with several kinds, the sum."""
    values, first, last = values_in(case), _day(case["from"]), _day(case["to"])
    visits = [_paid_visit(number, each, case) for number, each in enumerate(_visits(case), 1)]
    targets = list(_targets(case))
    total = Count(0, 0)
    for kind, life in targets:
        periods = periods_ending(kind, first, last)
        total += count(kind, life, periods, visits, _duty_dates(case, bench), lambda _: values)
    cite = cite_of(targets[0][0], last) if len(targets) == 1 else VIS_6
    verdicts = [visit.verdict.value for visit in visits]
    facts = {"owed": total.owed, "paid": total.paid, "verdicts": verdicts}
    return Obtained(facts, cite.rule, cite.clause)


def _day(written: object) -> date:
    return date.fromisoformat(str(written))


def _targets(case: Case) -> Iterator[tuple[VisitKind, Life]]:
    """`targets` with a life of their own, or `kind` (one or several) of one life."""
    if case.get("targets"):
        for target in case["targets"]:
            yield VisitKind(target["kind"]), _life(target.get("alive") or case["alive"])
        return
    kinds = case.get("kinds") or case["kind"]
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        yield VisitKind(kind), _life(case["alive"])


def _life(written: Any) -> Life:
    """As a pair or as `from` and `to`, both dates included; open where the last is missing."""
    pair = (written["from"], written.get("to")) if isinstance(written, Mapping) else written
    first, last = [*pair, None][:2]
    return Life(_day(first), None if last is None else _day(last))


def _duty_dates(case: Case, bench: Bench) -> IsDutyDate:
    """`on_duty` for all dates or date by date, or `calendar` date by date; else the nation's."""
    stated = case.get("on_duty", case.get("calendar"))
    if isinstance(stated, bool):
        return lambda _: stated
    by_date = {_day(day): bool(on_duty) for day, on_duty in dict(stated or {}).items()}
    return lambda day: by_date[day] if day in by_date else bench.national_duty(day)


def _visits(case: Case) -> Iterator[Case]:
    """Each by its instant alone, or as an object."""
    for each in case.get("visits") or ():
        yield each if isinstance(each, Mapping) else {"at": each}


def _paid_visit(number: int, visit: Case, case: Case) -> PaidVisit:
    found = judge_visit(_made(visit, case), values_in(case))
    stated = visit.get("verdict")
    verdict = found.verdict if stated is None else VisitVerdict(stated)
    return PaidVisit(instant_in(visit.get("at", visit.get("captured_at"))), verdict, number)


def _made(visit: Case, case: Case) -> VisitMade:
    reason = bool(visit.get("reason"))
    manner = VisitManner(visit.get("manner", VisitManner.ON_SITE))
    return VisitMade(
        manner=manner,
        outcome=VisitOutcome(visit.get("outcome", VisitOutcome.MET)),
        distance_m=_distance(visit, case),
        with_reason=reason or (manner is VisitManner.MET_ELSEWHERE and "reason" not in visit),
        mocked=is_mocked(visit),
        registered=bool(visit.get("registered", True)),
        in_scope=bool(visit.get("in_scope", True)),
    )


def _distance(visit: Case, case: Case) -> float:
    """A case that is silent about where a visit was made is not about that."""
    if visit.get("distance_m") is not None:
        return float(visit["distance_m"])
    place, position = case.get("point", case.get("target")), _position(visit)
    if place is None or position is None:
        return 0.0
    return distance_m(position, position_in(place))


def _position(visit: Case) -> Position | None:
    if visit.get("position") is not None:
        return position_in(visit["position"])
    return position_in(visit) if visit.get("lon") is not None else None
