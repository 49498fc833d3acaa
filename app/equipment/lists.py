"""Checks as they are shown: judged anew by the exemptions that are known now (EQP-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import (
    EquipmentAnswer,
    EquipmentCheck,
    EquipmentExemption,
    EquipmentWithdrawal,
    Posting,
    Worker,
)
from app.equipment.schemas import (
    AnswerOut,
    EquipmentCheckOut,
    EquipmentCheckPage,
    WithdrawnOut,
)
from app.kit.errors import NotFound
from app.people.photos import missing_of
from app.people.posts import under
from app.people.principal import Principal
from app.rules.duty import Employment
from app.rules.equipment import EQP_1, EquipmentItem, EquipmentVerdict, Seen, judge_check

PLACE = (EquipmentCheck.at, EquipmentCheck.id)
EXEMPTED_BY = (
    select(EquipmentExemption.id)
    .where(
        func.starts_with(EquipmentCheck.community_code, EquipmentExemption.unit_code),
        or_(
            EquipmentExemption.worker_id.is_(None),
            EquipmentExemption.worker_id == EquipmentCheck.worker_id,
        ),
        EquipmentExemption.valid.contains(EquipmentCheck.day),
    )
    .order_by(EquipmentExemption.decided_at.desc())
    .limit(1)
    .correlate(EquipmentCheck)
    .scalar_subquery()
)
"""The latest decision that exempts the worker on the day of a check."""

CLOTHES = EquipmentCheck.work_clothes
COMPLETE = func.jsonb_array_length(EquipmentCheck.because["missing"]) == 0
EXEMPTED = EXEMPTED_BY.is_not(None)
OF_VERDICT: Mapping[EquipmentVerdict, ColumnElement[bool]] = {
    EquipmentVerdict.FIT: and_(CLOTHES, COMPLETE),
    EquipmentVerdict.NO_WORK_CLOTHES: and_(~CLOTHES, ~EXEMPTED),
    EquipmentVerdict.ITEMS_MISSING: and_(or_(CLOTHES, EXEMPTED), ~COMPLETE),
    EquipmentVerdict.EXEMPTED: and_(~CLOTHES, EXEMPTED, COMPLETE),
}
"""What the rule comes to, for a list that is narrowed to one verdict."""


@dataclass(frozen=True)
class Asked:
    """Which checks: over dates, of a worker, that stand with a verdict now."""

    first: date | None = None
    last: date | None = None
    worker_id: UUID | None = None
    verdict: EquipmentVerdict | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the rows must be."""
        found: list[ColumnElement[bool]] = []
        if self.first is not None:
            found.append(EquipmentCheck.day >= self.first)
        if self.last is not None:
            found.append(EquipmentCheck.day <= self.last)
        if self.worker_id is not None:
            found.append(EquipmentCheck.worker_id == self.worker_id)
        if self.verdict is not None:
            stands = EquipmentWithdrawal.check_id.is_(None)
            found += [EquipmentCheck.by_station.is_(True), stands, OF_VERDICT[self.verdict]]
        return found


@dataclass(frozen=True)
class Row:
    """A check and what it is judged and shown with."""

    check: EquipmentCheck
    worker_name: str
    employment: Employment | None
    exemption_id: UUID | None
    withdrawal: EquipmentWithdrawal | None


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(EquipmentCheck, Worker.name, Posting.employment, EXEMPTED_BY, EquipmentWithdrawal)
        .join(Worker, Worker.id == EquipmentCheck.worker_id)
        .outerjoin(
            Posting,
            and_(
                Posting.worker_id == EquipmentCheck.worker_id,
                Posting.valid.contains(EquipmentCheck.day),
            ),
        )
        .outerjoin(EquipmentWithdrawal, EquipmentWithdrawal.check_id == EquipmentCheck.id)
    )


def checks_of_unit(
    session: Session, unit_code: str, asked: Asked, page: tuple[str | None, int]
) -> EquipmentCheckPage:
    """The checks of a unit's workers, latest first."""
    scope = under(EquipmentCheck.community_code, unit_code)
    return _page(session, [scope, *asked.conditions()], page)


def checks_of_worker(
    session: Session, worker_id: UUID, asked: Asked, page: tuple[str | None, int]
) -> EquipmentCheckPage:
    """A worker's checks and own records, latest first."""
    return _page(session, [EquipmentCheck.worker_id == worker_id, *asked.conditions()], page)


def _page(
    session: Session, where: Sequence[ColumnElement[bool]], page: tuple[str | None, int]
) -> EquipmentCheckPage:
    cursor, limit = page
    found = session.execute(
        _rows()
        .where(*where, earlier(PLACE, cursor))
        .order_by(*latest_first(PLACE))
        .limit(limit + 1)
    ).all()
    shown, last = cut([Row(*row) for row in found], limit)
    return EquipmentCheckPage(
        items=_shown(session, shown),
        next_cursor=cursor_of(last.check.at, last.check.id) if last else None,
    )


def check_of(session: Session, asker: Principal, key: UUID) -> EquipmentCheckOut:
    """One check within the asker's unit."""
    found = session.get(EquipmentCheck, key)
    if found is None:
        raise NotFound
    asker.look(found.community_code)
    return check_out(session, found)


def check_out(session: Session, check: EquipmentCheck) -> EquipmentCheckOut:
    """A check as it is shown now."""
    row = session.execute(_rows().where(EquipmentCheck.id == check.id)).one()
    return _shown(session, [Row(*row)])[0]


def of_handset(
    session: Session, worker_id: UUID, since: date, after: UUID, limit: int
) -> Sequence[tuple[str, dict[str, Any]]]:
    """What a worker's handset holds of the checks since a date, by key."""
    found = session.execute(
        _rows()
        .where(
            EquipmentCheck.worker_id == worker_id,
            EquipmentCheck.day >= since,
            EquipmentCheck.id > after,
        )
        .order_by(EquipmentCheck.id)
        .limit(limit)
    ).all()
    shown = _shown(session, [Row(*row) for row in found])
    return [(str(each.id), each.model_dump(mode="json")) for each in shown]


def _shown(session: Session, rows: Sequence[Row]) -> list[EquipmentCheckOut]:
    keys = [row.check.id for row in rows]
    missing = missing_of(session, keys)
    answers: dict[UUID, list[AnswerOut]] = {}
    for answer in session.scalars(
        select(EquipmentAnswer)
        .where(EquipmentAnswer.check_id.in_(keys))
        .order_by(EquipmentAnswer.answered_at, EquipmentAnswer.id)
    ):
        answers.setdefault(answer.check_id, []).append(AnswerOut.model_validate(answer))
    return [_out(row, missing.get(row.check.id, []), answers.get(row.check.id, [])) for row in rows]


def _out(row: Row, missing: list[str], answers: list[AnswerOut]) -> EquipmentCheckOut:
    check = row.check
    present = frozenset(item for item in EquipmentItem if check.items[item.value])
    seen = Seen(check.work_clothes, present)
    found = judge_check(seen, row.exemption_id is not None, row.employment)
    then = check.because["verdict"]
    withdrawal = row.withdrawal
    return EquipmentCheckOut(
        id=check.id,
        worker_id=check.worker_id,
        worker_name=row.worker_name,
        community_code=check.community_code,
        day=check.day,
        at=check.at,
        received_at=check.received_at,
        by_station=check.by_station,
        checked_by=check.checked_by,
        work_clothes=check.work_clothes,
        items={item: item in present for item in EquipmentItem},
        note=check.note,
        photos=[str(photo) for photo in check.photos],
        missing_photos=missing,
        verdict=found.verdict if check.by_station else None,
        verdict_then=None if then is None else EquipmentVerdict(then),
        rule=EQP_1.rule,
        clause=EQP_1.clause,
        because=dict(found.because),
        exemption_id=row.exemption_id,
        withdrawn=None if withdrawal is None else WithdrawnOut.model_validate(withdrawal),
        answers=answers,
    )
