"""How far a payroll is (PAY-4)."""

from sqlalchemy.orm import Session

from app.db.models import Payroll
from app.pay.closing import open_communities
from app.pay.gathering import states_of
from app.pay.schemas import PayrollDetailOut, PayrollOut
from app.people.values import values_on
from app.rules.appraisal import settles_at
from app.rules.pay import PAY_4, to_be_closed_first


def payroll_detail(session: Session, payroll: Payroll) -> PayrollDetailOut:
    """A payroll with what stands in the way of closing it."""
    month = payroll.month
    return PayrollDetailOut(
        **PayrollOut.model_validate(payroll).model_dump(),
        open_communities=list(open_communities(session, month)),
        to_be_closed_first=to_be_closed_first(month, states_of(session)),
        settles_at=settles_at(month, values_on(session, month)),
        rule=PAY_4.rule,
        clause=PAY_4.clause,
    )
