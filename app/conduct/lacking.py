"""What speaks for A2: of whom all must be known, who was not recorded or not visited (四(一)2)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app.conduct.survey_schemas import LackingOut, UnpaidOut
from app.db.models import Assignment, FocusListing, Record, Unit, VisitTally
from app.kit.clock import day_start
from app.kit.errors import NotFound
from app.people.grids import stands_on
from app.people.principal import Principal
from app.registry.listings import answering, has_left
from app.rules.conduct import Ground
from app.rules.grounds import CITES
from app.rules.visits import VisitKind

LOOKED_BACK = timedelta(days=35)
SHOWN = 200
OF_WHOM_ALL_MUST_BE_KNOWN = (VisitKind.RENTAL, VisitKind.SPECIAL_GROUP, VisitKind.CARE)


def lacking(session: Session, asker: Principal, grid_code: str, on: date) -> LackingOut:
    """As it stood when a date began, before anything that happened on it; raises NotFound."""
    asker.look(grid_code)
    stands = select(Unit.code).where(Unit.code == grid_code, stands_on(on))
    if session.scalar(stands) is None:
        raise NotFound(unit=grid_code)
    return lacking_of(session, grid_code, on)


def lacking_of(session: Session, grid_code: str, on: date) -> LackingOut:
    """The same of a grid that is known to stand."""
    listed = _listed(session, grid_code, on)
    unrecorded = [row.id for row in listed if not row.recorded]
    cite = CITES[Ground.A2]
    return LackingOut(
        grid_code=grid_code,
        on=on,
        worker_id=_responsible(session, grid_code, on),
        listed=len(listed),
        recorded=len(listed) - len(unrecorded),
        unrecorded=unrecorded[:SHOWN],
        unpaid=_unpaid(session, grid_code, on),
        rule=cite.rule,
        clause=cite.clause,
    )


def _listed(session: Session, grid_code: str, on: date) -> Sequence[Any]:
    until = day_start(on)
    on_record = exists().where(
        *answering(), or_(Record.entered_at < until, Record.submitted_at < until)
    )
    return session.execute(
        select(FocusListing.id, or_(on_record, has_left()).label("recorded"))
        .where(
            FocusListing.unit_code == grid_code,
            FocusListing.listed_on < on,
            FocusListing.withdrawn_at.is_(None),
        )
        .order_by(FocusListing.id)
    ).all()


def _unpaid(session: Session, grid_code: str, on: date) -> list[UnpaidOut]:
    """How many, not whose: that would say who belongs to a special group."""
    owed, paid = func.sum(VisitTally.owed), func.sum(VisitTally.paid)
    rows = session.execute(
        select(VisitTally.kind, VisitTally.first_day, VisitTally.last_day, owed, paid)
        .where(
            VisitTally.grid_code == grid_code,
            VisitTally.kind.in_(OF_WHOM_ALL_MUST_BE_KNOWN),
            VisitTally.last_day >= on - LOOKED_BACK,
            VisitTally.last_day < on,
        )
        .group_by(VisitTally.kind, VisitTally.first_day, VisitTally.last_day)
        .having(paid < owed)
        .order_by(VisitTally.last_day, VisitTally.kind)
    )
    return [
        UnpaidOut(kind=kind.value, first_day=first, last_day=last, owed=owes, paid=pays)
        for kind, first, last, owes, pays in rows
    ]


def _responsible(session: Session, grid_code: str, on: date) -> UUID | None:
    return session.scalar(
        select(Assignment.worker_id).where(
            Assignment.grid_code == grid_code,
            Assignment.first_responsible.is_(True),
            Assignment.valid.contains(on),
        )
    )
