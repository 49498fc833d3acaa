"""Cases as offices and the persons concerned look at them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.approvals.matters import matters_of
from app.approvals.schemas import (
    ApprovalOut,
    ApprovalPage,
    NextStepOut,
    WaitingApprovalsOut,
)
from app.approvals.standing_in import in_force
from app.approvals.tiers import own_tiers
from app.db.keyset import cursor_of, cut, earlier, later, latest_first
from app.db.models import Account, ApprovalCase, ApprovalStep, Delegation, Unit, Worker
from app.kit.clock import civil_day, day_end, day_start
from app.kit.errors import NotFound
from app.people.posts import under
from app.people.principal import Principal
from app.rules.approvals import CaseState, Procedure
from app.rules.tiers import Tier

Found: TypeAlias = Row[*tuple[Any, ...]]
"""A row of `rows_query`."""
PLACE = (ApprovalCase.opened_at, ApprovalCase.id)
NEXT = and_(ApprovalStep.case_id == ApprovalCase.id, ApprovalStep.number == ApprovalCase.step)
"""The step that is next; none of a case whose steps are all taken."""
WAITS = (
    ApprovalCase.state == CaseState.OPEN,
    ApprovalStep.waits_since.is_not(None),
    ApprovalStep.taken_at.is_(None),
)
"""Of a case with its next step; said so that the index of what waits serves."""


class WaitsFor(StrEnum):
    """For whom an open case waits."""

    ME = "me"
    """One's own tier at one's own unit, or somebody one stands in for."""
    UNIT = "unit"
    """Anybody at the unit, whichever tier acts there."""


@dataclass(frozen=True)
class Wanted:
    """Which cases."""

    procedure: Procedure | None = None
    state: CaseState | None = None
    worker_id: UUID | None = None
    subject_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    waits_for: WaitsFor | None = None
    overdue: bool | None = None

    def conditions(self, today: date) -> list[ColumnElement[bool]]:
        """What the cases must be, whoever asks."""
        late = and_(ApprovalCase.state == CaseState.OPEN, ApprovalStep.due_on < today)
        found: list[ColumnElement[bool] | None] = [
            None if self.procedure is None else ApprovalCase.procedure == self.procedure,
            None if self.state is None else ApprovalCase.state == self.state,
            None if self.worker_id is None else ApprovalCase.worker_id == self.worker_id,
            None if self.subject_id is None else ApprovalCase.subject_id == self.subject_id,
            None if self.first is None else ApprovalCase.opened_at >= day_start(self.first),
            None if self.last is None else ApprovalCase.opened_at < day_end(self.last),
            None if self.overdue is None else func.coalesce(late, False) == self.overdue,
        ]
        return [condition for condition in found if condition is not None]


@dataclass(frozen=True)
class Looking:
    """Who looks, at which unit, when."""

    asker: Principal
    unit_code: str
    now: datetime


def cases_of_unit(
    session: Session, looking: Looking, wanted: Wanted, page: tuple[str | None, int]
) -> ApprovalPage:
    """The cases of a unit, the latest first; of those that wait, the earliest."""
    unit, now = looking.unit_code, looking.now
    where = [under(ApprovalCase.unit_code, unit), *wanted.conditions(civil_day(now))]
    if wanted.waits_for is WaitsFor.ME:
        where += waits_for_me(session, looking.asker, now)
    elif wanted.waits_for is WaitsFor.UNIT:
        where += [*WAITS, ApprovalStep.unit_code == unit]
    return _page(session, where, page, now, oldest_first=wanted.waits_for is not None)


def cases_of_worker(
    session: Session, worker_id: UUID, page: tuple[str | None, int], now: datetime
) -> ApprovalPage:
    """The cases about a worker, the latest first."""
    where = [ApprovalCase.worker_id == worker_id]
    return _page(session, where, page, now, oldest_first=False)


def waits_for_me(session: Session, asker: Principal, now: datetime) -> list[ColumnElement[bool]]:
    """Open cases whose next step one may take today, in one's own place or in that of another."""
    places = [(tier, asker.unit_code) for tier in own_tiers(asker) - {Tier.GRID}]
    places += _stood_in_for(session, asker.account_id, now)
    earlier_step = aliased(ApprovalStep)
    for_another_tier = exists().where(
        earlier_step.case_id == ApprovalCase.id,
        earlier_step.tier != ApprovalStep.tier,
        or_(
            earlier_step.taken_by == asker.account_id,
            earlier_step.stood_in_for == asker.account_id,
        ),
    )
    concerned = false() if asker.worker_id is None else ApprovalCase.worker_id == asker.worker_id
    return [
        *WAITS,
        or_(false(), *(_at(tier, unit) for tier, unit in places)),
        ~for_another_tier,
        ~func.coalesce(concerned, False),
    ]


def _at(tier: Tier, unit_code: str) -> ColumnElement[bool]:
    return and_(ApprovalStep.tier == tier, ApprovalStep.unit_code == unit_code)


def _stood_in_for(session: Session, account_id: UUID, now: datetime) -> list[tuple[Tier, str]]:
    rows = session.execute(
        select(Delegation.tier, Delegation.unit_code)
        .join(Account, Account.id == Delegation.from_account)
        .where(in_force(account_id, now))
    )
    return [(tier, unit_code) for tier, unit_code in rows]


def waiting_counts(session: Session, asker: Principal, now: datetime) -> list[WaitingApprovalsOut]:
    """How many cases wait for oneself, by procedure; those overdue among them."""
    overdue = func.count().filter(ApprovalStep.due_on < civil_day(now))
    rows = session.execute(
        select(ApprovalCase.procedure, func.count(), overdue)
        .join(ApprovalStep, NEXT)
        .where(*waits_for_me(session, asker, now))
        .group_by(ApprovalCase.procedure)
        .order_by(ApprovalCase.procedure)
    )
    return [
        WaitingApprovalsOut(procedure=procedure, waiting=waiting, overdue=late)
        for procedure, waiting, late in rows
    ]


def _page(
    session: Session,
    where: Iterable[ColumnElement[bool]],
    page: tuple[str | None, int],
    now: datetime,
    *,
    oldest_first: bool,
) -> ApprovalPage:
    cursor, limit = page
    after, order = (later, PLACE) if oldest_first else (earlier, latest_first(PLACE))
    query = rows_query().where(*where, after(PLACE, cursor)).order_by(*order).limit(limit + 1)
    shown, last = cut(session.execute(query).all(), limit)
    return ApprovalPage(
        items=shown_rows(session, shown, civil_day(now)),
        next_cursor=cursor_of(last[0].opened_at, last[0].id) if last else None,
    )


def rows_query() -> Select[*tuple[Any, ...]]:
    """A case, its next step, the names of the two units and of the person concerned."""
    step_unit = aliased(Unit)
    counted = (
        select(func.count())
        .where(ApprovalStep.case_id == ApprovalCase.id)
        .correlate(ApprovalCase)
        .scalar_subquery()
    )
    return (
        select(ApprovalCase, ApprovalStep, Unit.name, step_unit.name, Worker.name, counted)
        .join(Unit, Unit.code == ApprovalCase.unit_code)
        .outerjoin(ApprovalStep, NEXT)
        .outerjoin(step_unit, step_unit.code == ApprovalStep.unit_code)
        .outerjoin(Worker, Worker.id == ApprovalCase.worker_id)
    )


def shown_rows(session: Session, rows: Sequence[Found], today: date) -> list[ApprovalOut]:
    """Rows of `rows_query` as they are shown."""
    about = matters_of(session, [row[0] for row in rows])
    return [_shown(row, about, today) for row in rows]


def _shown(row: Found, about: Mapping[UUID, dict[str, Any]], today: date) -> ApprovalOut:
    case, step, unit_name, step_unit_name, worker_name, steps = row
    waits = case.state is CaseState.OPEN and step is not None
    return ApprovalOut(
        id=case.id,
        procedure=case.procedure,
        subject_id=case.subject_id,
        about=about[case.id],
        unit_code=case.unit_code,
        unit_name=unit_name,
        worker_id=case.worker_id,
        worker_name=worker_name,
        state=case.state,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        step=min(case.step, steps),
        step_count=steps,
        next=_next(step, step_unit_name, today) if waits else None,
    )


def _next(step: ApprovalStep, unit_name: str, today: date) -> NextStepOut:
    assert step.waits_since is not None
    return NextStepOut(
        act=step.act,
        tier=step.tier,
        unit_code=step.unit_code,
        unit_name=unit_name,
        waits_since=step.waits_since,
        due_on=step.due_on,
        overdue=step.due_on is not None and step.due_on < today,
    )


def case_shown(session: Session, case_id: UUID, today: date) -> ApprovalOut:
    """One case as it is shown; raises NotFound."""
    rows = session.execute(rows_query().where(ApprovalCase.id == case_id)).all()
    if not rows:
        raise NotFound(approval=case_id)
    return shown_rows(session, rows, today)[0]
