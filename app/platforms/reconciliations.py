"""Reconciliations as the centre asks for them and looks at them (INT-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import Reconciliation
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.people.principal import Principal
from app.platforms.reconciliation_schemas import (
    DifferenceOut,
    ReconciliationIn,
    ReconciliationOut,
    ReconciliationPage,
    ReconciliationRow,
)
from app.platforms.reconciling import Asked, endpoint_of, reconcile
from app.platforms.refusals import DayToCome, NothingToReconcile
from app.rules.tasks import Platform

REACHES_BACK = timedelta(days=400)
PLACE = (Reconciliation.ran_at, Reconciliation.id)


def ask_for(
    sessions: Sessions, asker: Principal, body: ReconciliationIn, now: datetime
) -> ReconciliationOut:
    """Reconcile a date now; raises DayToCome, NothingToReconcile."""
    today = civil_day(now)
    if not today - REACHES_BACK <= body.day <= today:
        raise DayToCome(earliest=today - REACHES_BACK, latest=today)
    with sessions.begin() as session:
        endpoint = endpoint_of(session, body.platform)
        if endpoint is None:
            raise NothingToReconcile(platform=body.platform)
        asker.act(endpoint.unit_code)
    row = reconcile(sessions, Asked(body.platform, body.day, now, asker.account_id))
    return detail(row)


@dataclass(frozen=True)
class Which:
    """Of which platform, about which dates, with or without differences, failed or not."""

    platform: Platform | None
    first: date | None
    last: date | None
    differing: bool | None
    failed: bool | None

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """What the rows must be."""
        differs = func.jsonb_array_length(Reconciliation.differences) > 0
        failed = Reconciliation.error.is_not(None)
        found: list[ColumnElement[bool] | None] = [
            None if self.platform is None else Reconciliation.platform == self.platform,
            None if self.first is None else Reconciliation.day >= self.first,
            None if self.last is None else Reconciliation.day <= self.last,
            None if self.differing is None else differs.is_(self.differing),
            None if self.failed is None else (failed if self.failed else ~failed),
        ]
        return [condition for condition in found if condition is not None]


def listed(session: Session, which: Which, page: tuple[str | None, int]) -> ReconciliationPage:
    """The latest first."""
    cursor, limit = page
    rows = session.scalars(
        select(Reconciliation)
        .where(*which.conditions(), earlier(PLACE, cursor))
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    return ReconciliationPage(
        items=[ReconciliationRow.model_validate(_figures(row)) for row in shown],
        next_cursor=None if last is None else cursor_of(last.ran_at, last.id),
    )


def one(session: Session, key: UUID) -> ReconciliationOut:
    """One with its differences; raises NotFound."""
    row = session.get(Reconciliation, key)
    if row is None:
        raise NotFound
    return detail(row)


def detail(row: Reconciliation) -> ReconciliationOut:
    """With its differences."""
    differences = [DifferenceOut.model_validate(found) for found in row.differences]
    return ReconciliationOut.model_validate(_figures(row) | {"differences": differences})


def _figures(row: Reconciliation) -> dict[str, object]:
    kept = ReconciliationRow.model_fields.keys() - {"differing"}
    return {name: getattr(row, name) for name in kept} | {"differing": len(row.differences)}
