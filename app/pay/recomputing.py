"""A closed month beside what it would come to now: shows differences, changes nothing (PAY-4)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Payroll, Worker
from app.pay.correcting import ClosedMonths, differences_of
from app.pay.gathering import Gatherer
from app.pay.months import written_month
from app.pay.refusals import PayrollNotClosed
from app.pay.report_schemas import PayDifferenceOut, PayRecomputationOut
from app.rules.activity import month_of
from app.rules.pay import NOTHING, PAY_4, PayrollState


def recomputation(session: Session, payroll: Payroll) -> PayRecomputationOut:
    """Every difference of a closed month; raises PayrollNotClosed."""
    if payroll.state is not PayrollState.CLOSED:
        raise PayrollNotClosed(month=written_month(payroll.month))
    month = payroll.month
    closed = ClosedMonths(session, month, month_of(month)[1] + timedelta(days=1))
    due = Gatherer(session, month, month).month(month)
    found = differences_of(closed, month, due)
    named = session.execute(select(Worker.id, Worker.name).where(Worker.id.in_(found)))
    names = {key: name for key, name in named}  # noqa: C416 - rows are no pairs to mypy
    items = [
        PayDifferenceOut(
            worker_id=worker_id,
            worker_name=names[worker_id],
            part=difference.part,
            due=difference.due,
            paid=difference.paid,
            difference=difference.amount,
            because=dict(difference.because),
        )
        for worker_id in sorted(found)
        for difference in found[worker_id]
    ]
    return PayRecomputationOut(
        month=month,
        difference=sum((item.difference for item in items), NOTHING),
        items=items,
        rule=PAY_4.rule,
        clause=PAY_4.clause,
    )
