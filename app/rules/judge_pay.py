"""PAY-1 to PAY-3 and CON-3 on cases: a month's wage in its two parts."""

from datetime import date
from decimal import Decimal

from app.rules.appraisal import Result
from app.rules.cases import Bench, Case, Obtained
from app.rules.conduct import PenaltyKind
from app.rules.pay import PAY_1, Portion, Standing, WageFacts, wage_of

SOME_DAY = date(2026, 3, 18)
"""Of a case that doesn't say when."""


def judge_pay(case: Case, bench: Bench) -> Obtained:
    """Base, performance after penalties, total."""
    del bench
    employed = int(case["employed"])
    day = date.fromisoformat(str(case.get("decided_on") or SOME_DAY))
    facts = WageFacts(
        int(case["duty"]),
        (Portion(Decimal(str(case["base"])), employed),),
        (Portion(Decimal(str(case["standard"])), employed),),
        Result(case["result"]),
        tuple(Standing(PenaltyKind(kind), day) for kind in case.get("penalties") or ()),
    )
    wage = wage_of(facts)
    found = {"base": wage.base, "performance": wage.performance, "total": wage.total}
    return Obtained(
        {name: f"{amount:.2f}" for name, amount in found.items()}, PAY_1.rule, PAY_1.clause
    )
