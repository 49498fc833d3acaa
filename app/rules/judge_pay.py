"""PAY-1 to PAY-3 and CON-3 on cases: a month's wage in its two parts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.rules.appraisal import Result
from app.rules.cases import Bench, Case, Obtained, day_in, number_in, whole_in
from app.rules.conduct import PenaltyKind
from app.rules.pay import PAY_1, Portion, Standing, WageFacts, wage_of

SOME_DAY = date(2026, 3, 18)
"""Of a case that doesn't say when."""


def judge_pay(case: Case, bench: Bench) -> Obtained:
    """Base, performance after penalties, total."""
    del bench
    wage = wage_of(_facts(case))
    found = {"base": wage.base, "performance": wage.performance, "total": wage.total}
    return Obtained(
        {name: f"{amount:.2f}" for name, amount in found.items()}, PAY_1.rule, PAY_1.clause
    )


def _facts(case: Case) -> WageFacts:
    duty = whole_in(case["duty"])
    stated = case.get("employed")
    employed = duty if stated is None else whole_in(stated)
    if not 0 <= employed <= duty or not duty:
        raise ValueError(f"{employed} of {duty} duty dates is no share of a month")
    result = case.get("result")
    penalties = case.get("penalties") or ()
    return WageFacts(
        duty,
        _portions(case["base"], employed),
        _portions(case["standard"], employed),
        None if result is None else Result(result),
        tuple(map(_penalty, [penalties] if isinstance(penalties, str) else penalties)),
    )


def _portions(written: Any, employed: int) -> tuple[Portion, ...]:
    """One amount, or pairs of one and the duty dates employed on which it was in force."""
    if not isinstance(written, list):
        written = [(written, employed)]
    portions = tuple(Portion(number_in(amount), whole_in(dates)) for amount, dates in written)
    if sum(portion.dates for portion in portions) != employed:
        raise ValueError(f"{written!r} is not about {employed} duty dates")
    return portions


def _penalty(written: Any) -> Standing:
    """By its kind, or as an object with the date of the decision."""
    told = written if isinstance(written, Mapping) else {"kind": written}
    return Standing(PenaltyKind(told["kind"]), day_in(told.get("decided_on") or SOME_DAY))
