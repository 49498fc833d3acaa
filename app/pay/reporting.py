"""What the centre reports to finance each month (PAY-3)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Payroll, PayStatement, Posting, Worker
from app.kit.money import rounded
from app.pay.gathering import GatheredMonth, Gatherer
from app.pay.report_schemas import BudgetOut, FinanceReportOut, MovementOut
from app.pay.standards import Standards
from app.rules.activity import month_of
from app.rules.corps import GRID_WORKERS
from app.rules.duty import Employment
from app.rules.pay import (
    NOTHING,
    PAY_3,
    Movement,
    StandardKind,
    movement,
    pro_rata,
)

ONE_DAY = timedelta(days=1)


def report_of(session: Session, payroll: Payroll) -> FinanceReportOut:
    """As it was when the month was closed; before, by what the registers say now."""
    if payroll.report is not None:
        return FinanceReportOut.model_validate(payroll.report)
    return finance_report(session, payroll)


def finance_report(session: Session, payroll: Payroll) -> FinanceReportOut:
    """Joiners, leavers and absences of a month, and what the budget is before and after it."""
    first, last = month_of(payroll.month)
    standards = Standards(session)
    before = budget(session, standards, first - ONE_DAY)
    after = budget(session, standards, last)
    items = _movements(session, payroll.month)
    counted = Counter(kind for item in items for kind in item.movements)
    change, by_workers = _change(before, after)
    return FinanceReportOut(
        month=payroll.month,
        state=payroll.state,
        workers=payroll.workers,
        total=payroll.total,
        before=before,
        after=after,
        change=change,
        by_workers=by_workers,
        by_standards=None if change is None or by_workers is None else change - by_workers,
        joined=counted[Movement.JOINED],
        left=counted[Movement.LEFT],
        absent=counted[Movement.ABSENT],
        items=items,
        rule=PAY_3.rule,
        clause=PAY_3.clause,
    )


def budget(session: Session, standards: Standards, day: date) -> BudgetOut:
    """Those employed on a date times what a whole month is worth at the standards of the date."""
    workers = len(employed_on(session, day))
    rows = [standards.row_on(kind, day) for kind in StandardKind]
    amounts = [row.amount if row else None for row in rows]
    known = [amount for amount in amounts if amount is not None]
    whole = len(known) == len(amounts)
    return BudgetOut(
        on=day,
        workers=workers,
        minimum_wage=amounts[0],
        performance=amounts[1],
        monthly=sum(known, NOTHING) * workers if whole else None,
    )


def _change(before: BudgetOut, after: BudgetOut) -> tuple[Decimal | None, Decimal | None]:
    """In all, and by the number of workers alone, at the standards of before."""
    if before.monthly is None or after.monthly is None:
        return None, None
    assert before.minimum_wage is not None
    assert before.performance is not None
    each = before.minimum_wage + before.performance
    return after.monthly - before.monthly, (after.workers - before.workers) * each


def employed_on(session: Session, day: date) -> Collection[UUID]:
    """Full-time workers with a post on a date."""
    return frozenset(
        session.scalars(
            select(Posting.worker_id)
            .join(Worker, Worker.id == Posting.worker_id)
            .where(
                Worker.level == GRID_WORKERS,
                Posting.employment == Employment.FULL_TIME,
                Posting.valid.contains(day),
            )
        )
    )


def _movements(session: Session, month: date) -> Sequence[MovementOut]:
    first, last = month_of(month)
    around = employed_on(session, first - ONE_DAY), employed_on(session, last + ONE_DAY)
    gatherer = Gatherer(session, month, month)
    found = []
    for worker_id, gathered in gatherer.month(month).items():
        begun = worker_id in around[0] and gathered.worker.spans[0].first == first
        kinds = _kinds(gathered, begun=begun, goes_on=worker_id in around[1])
        if kinds:
            found.append((gathered, kinds, gatherer.whole_month(gathered) if begun else NOTHING))
    paid = _paid(session, month, [gathered.worker.worker_id for gathered, *_ in found])
    return [
        _movement_out(gathered, kinds, otherwise, paid)
        for gathered, kinds, otherwise in found
        if gathered.worker.worker_id in paid
    ]


def _kinds(gathered: GatheredMonth, *, begun: bool, goes_on: bool) -> list[Movement]:
    """Each run of posts without a date between is a stay of its own: who left in the month and
    came back in it did both."""
    month, stays = month_of(gathered.worker.month), _stays(gathered)
    found: set[Movement] = set()
    for place, (starts, ends) in enumerate(stays):
        carried = begun and place == 0
        stays_on = goes_on and place == len(stays) - 1 and ends == month[1]
        span = date.min if carried else starts, date.max if stays_on else ends
        found.update(movement(span, month, len(gathered.dates.absent)))
    return [kind for kind in Movement if kind in found]


def _stays(gathered: GatheredMonth) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for span in gathered.worker.spans:
        if found and span.first == found[-1][1] + ONE_DAY:
            found[-1] = found[-1][0], span.last
        else:
            found.append((span.first, span.last))
    return found


def _paid(
    session: Session, month: date, workers: Collection[UUID]
) -> Mapping[UUID, tuple[PayStatement, str]]:
    rows = session.execute(
        select(PayStatement, Worker.name)
        .join(Worker, Worker.id == PayStatement.worker_id)
        .where(PayStatement.month == month, PayStatement.worker_id.in_(workers))
    )
    return {statement.worker_id: (statement, name) for statement, name in rows}


def _movement_out(
    gathered: GatheredMonth,
    kinds: list[Movement],
    otherwise: Decimal,
    paid: Mapping[UUID, tuple[PayStatement, str]],
) -> MovementOut:
    """`otherwise`: what the month would have been worth without the movement."""
    statement, name = paid[gathered.worker.worker_id]
    facts, spans = gathered.facts, gathered.worker.spans
    worth = pro_rata(facts.wages, facts.duty) + pro_rata(facts.standards, facts.duty)
    return MovementOut(
        worker_id=gathered.worker.worker_id,
        worker_name=name,
        community_code=statement.community_code,
        movements=kinds,
        first_day=spans[0].first,
        last_day=spans[-1].last,
        duty=len(gathered.dates.duty),
        employed=len(gathered.dates.employed),
        absent=len(gathered.dates.absent),
        base=statement.base,
        performance=statement.performance,
        corrections=statement.corrections,
        total=statement.total,
        budget_change=rounded(worth - otherwise),
        rule=PAY_3.rule,
        clause=PAY_3.clause,
    )
