"""Errands as offices and workers look at them: for whom is masked unless there is a reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import Errand, ErrandAct, Worker
from app.errands.commands import acts_of, taken
from app.errands.refusals import ResidentErased
from app.errands.schemas import (
    ErrandActOut,
    ErrandDetailOut,
    ErrandOut,
    ErrandPage,
    ErrandRevealedOut,
    NoteOut,
    PapersOut,
    ResidentOut,
    WaitOut,
)
from app.kit.clock import day_end, day_start
from app.kit.errors import Forbidden, NotFound
from app.outbox.emit import emit
from app.people.photos import missing_of
from app.people.posts import grids_on, under
from app.people.principal import Principal
from app.rules.divisions import UnitTier
from app.rules.errands import (
    CLOSING,
    ErrandStep,
    RevealPurpose,
    hours_between,
    in_order,
    judge_papers,
    waits,
)

HIDDEN = "******"
MOBILE_DIGITS = 11
PLACE = (Errand.accepted_at, Errand.id)


@dataclass(frozen=True)
class Asked:
    """Which errands: at a step, open or closed, accepted over a span of dates."""

    step: ErrandStep | None
    open: bool | None
    first: date | None
    last: date | None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        closed = Errand.closed_day.is_not(None)
        found: list[ColumnElement[bool] | None] = [
            None if self.step is None else Errand.step == self.step,
            None if self.open is None else (~closed if self.open else closed),
            None if self.first is None else Errand.accepted_at >= day_start(self.first),
            None if self.last is None else Errand.accepted_at < day_end(self.last),
        ]
        return [condition for condition in found if condition is not None]


def errands_of_unit(
    session: Session, unit_code: str, asked: Asked, page: tuple[str | None, int]
) -> ErrandPage:
    """The errands of a unit, the latest accepted first, residents masked."""
    # A grid's code begins with its community's: one column serves both.
    scope = under(Errand.grid_code, unit_code)
    return _page(session, [scope, *asked.conditions()], page, ())


def errands_of_worker(
    session: Session, worker_id: UUID, asked: Asked, page: tuple[str | None, int], today: date
) -> ErrandPage:
    """Those one accepted and those of one's grids; for whom is shown in one's grids of today."""
    grids = grids_on(session, worker_id, today)
    mine = or_(Errand.worker_id == worker_id, Errand.grid_code.in_(grids))
    return _page(session, [mine, *asked.conditions()], page, grids)


def _page(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    page: tuple[str | None, int],
    plain_in: Collection[str],
) -> ErrandPage:
    cursor, limit = page
    rows = session.execute(
        select(Errand, Worker.name)
        .join(Worker, Worker.id == Errand.worker_id)
        .where(*where, earlier(PLACE, cursor))
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    ).all()
    shown, last = cut(rows, limit)
    closings = _closings(session, [errand.id for errand, _ in shown])
    return ErrandPage(
        items=[
            errand_out(errand, name, closings.get(errand.id), plain=errand.grid_code in plain_in)
            for errand, name in shown
        ],
        next_cursor=cursor_of(last[0].accepted_at, last[0].id) if last else None,
    )


def _closings(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, datetime]:
    rows = session.execute(
        select(ErrandAct.errand_id, ErrandAct.corrected_at).where(
            ErrandAct.errand_id.in_(keys), ErrandAct.step == CLOSING
        )
    )
    return {key: at for key, at in rows}  # noqa: C416 - rows are no pairs to the type checker


def errand_out(
    errand: Errand, worker_name: str, closed_at: datetime | None, *, plain: bool
) -> ErrandOut:
    """An errand; for whom only where `plain`."""
    resident = errand.resident
    if resident is not None and not plain:
        resident = masked(resident)
    return ErrandOut(
        id=errand.id,
        worker_id=errand.worker_id,
        worker_name=worker_name,
        community_code=errand.community_code,
        grid_code=errand.grid_code,
        matter=errand.matter,
        resident=None if resident is None else ResidentOut(**resident),
        step=errand.step,
        rating=errand.rating,
        accepted_at=errand.accepted_at,
        changed_at=errand.changed_at,
        closed_day=errand.closed_day,
        hours=None if closed_at is None else hours_between(errand.accepted_at, closed_at),
    )


def masked(resident: Mapping[str, Any]) -> dict[str, str | None]:
    """Enough to tell two errands apart, not to know for whom they are."""
    phone, address = resident["phone"], resident["address"]
    return {
        "name": str(resident["name"])[0] + "**",
        "phone": None if phone is None else masked_phone(str(phone)),
        "address": None if address is None else HIDDEN,
    }


def masked_phone(phone: str) -> str:
    """Both ends of a mobile number; of a shorter one only how it begins."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= MOBILE_DIGITS else f"{phone[:3]}****"


def errand_of(session: Session, asker: Principal, key: UUID) -> Errand:
    """One errand within the asker's unit."""
    found = session.get(Errand, key)
    if found is None:
        raise NotFound
    asker.look(found.community_code)
    return found


def detail(session: Session, errand: Errand) -> ErrandDetailOut:
    """An errand with its steps, how long each waited, and the photos that are missing."""
    acts = sorted(acts_of(session, errand.id), key=lambda act: act.corrected_at)
    steps = in_order(taken(acts))
    missing = missing_of(session, [act.id for act in acts])
    worker = session.get_one(Worker, errand.worker_id)
    closed_at = next((step.at for step in steps if step.step is CLOSING), None)
    papers = judge_papers(step.step for step in steps)
    return ErrandDetailOut(
        **errand_out(errand, worker.name, closed_at, plain=False).model_dump(),
        acts=[_act_out(act, missing.get(act.id, [])) for act in acts],
        waits=[WaitOut.model_validate(wait) for wait in waits(steps)],
        papers=PapersOut(
            verdict=papers.verdict,
            rule=papers.rule,
            clause=papers.clause,
            because=dict(papers.because),
        ),
    )


def _act_out(act: ErrandAct, missing: list[str]) -> ErrandActOut:
    return ErrandActOut(
        id=act.id,
        step=act.step,
        worker_id=act.worker_id,
        day=act.day,
        corrected_at=act.corrected_at,
        received_at=act.received_at,
        time_proven=act.time_proven,
        office=act.office,
        papers=[str(name) for name in act.papers],
        rating=act.rating,
        has_note=act.note is not None,
        photos=[str(photo) for photo in act.photos],
        missing_photos=missing,
    )


def reveal(
    session: Session, asker: Principal, key: UUID, purpose: RevealPurpose
) -> ErrandRevealedOut:
    """For whom an errand is, and what was noted: to its station alone, and each look is logged."""
    errand = errand_of(session, asker, key)
    if asker.tier is not UnitTier.COMMUNITY:
        raise Forbidden(needed=[UnitTier.COMMUNITY.value])
    if errand.resident is None:
        raise ResidentErased(id=key)
    emit(
        session,
        "errand.revealed",
        by=asker.account_id,
        unit_code=errand.grid_code,
        subject=("errand", errand.id),
        purpose=purpose.value,
    )
    acts = sorted(acts_of(session, errand.id), key=lambda act: act.corrected_at)
    return ErrandRevealedOut(
        id=errand.id,
        resident=ResidentOut(**errand.resident),
        notes=[
            NoteOut(act_id=act.id, step=act.step, note=act.note)
            for act in acts
            if act.note is not None
        ],
        purpose=purpose,
    )


def held_by_handsets(worker_id: UUID, since: date) -> ColumnElement[bool]:
    """What a worker's handset holds: what is open, and what was closed lately."""
    return and_(
        Errand.worker_id == worker_id,
        or_(Errand.closed_day.is_(None), Errand.closed_day >= since),
    )
