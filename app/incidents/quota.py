"""How many events each worker filed in a month, beside what the centre asks for (EVT-5)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range, distinct_on
from sqlalchemy.orm import Session

from app.db.models import IncidentCase, Posting, Worker
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.kit.schema import Out
from app.people.posts import under
from app.people.values import values_on
from app.rules.duty import is_bound
from app.rules.incidents import State
from app.rules.quota import QuotaVerdict, judge_quota, month_ends, quota_of

LEVEL_1 = 1
EXAMPLE: dict[str, Any] = {
    "worker_id": "0199d2f0-0000-7000-8000-000000000002",
    "worker_name": "王网格",
    "community_code": "510185001001",
    "month": "2026-03",
    "filed": 12,
    "counted": 10,
    "not_counted": {"withdrawn": 1, "false": 0, "duplicate": 1},
    "quota": 10,
    "verdict": "met",
    "rule": "EVT-5",
    "clause": "四(二)2",
}


class EventQuotaOut(Out):
    """A worker's month: an event counts in the month of its capture."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    worker_id: UUID
    worker_name: str
    community_code: str
    month: str
    filed: int
    counted: int
    not_counted: dict[str, int] = Field(description="Withdrawn, false, duplicate: how many")
    quota: int = Field(description="By the value in force on the month's first date; 0: none")
    verdict: QuotaVerdict
    rule: str
    clause: str


class EventQuotaPage(Out):
    """A row for each worker with a post in the unit in that month."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [EXAMPLE], "next_cursor": None}]}
    )

    items: list[EventQuotaOut]
    next_cursor: str | None


@dataclass(frozen=True)
class Month:
    """A month as it stands on a date."""

    first: date
    quota: int
    over: bool

    @classmethod
    def of(cls, session: Session, first: date, today: date) -> "Month":
        """With the quota in force on its first date."""
        quota = quota_of(values_on(session, first))
        return cls(first, quota, today >= month_ends(first))


def quotas(
    session: Session, unit_code: str, month: Month, page: tuple[str | None, int]
) -> EventQuotaPage:
    """The workers of a unit, by key."""
    cursor, limit = page
    query = _posted(month).where(under(Posting.community_code, unit_code)).limit(limit + 1)
    if cursor is not None:
        query = query.where(Worker.id > _key_in(cursor))
    rows = session.execute(query).all()
    shown = rows[:limit]
    filed = _filed(session, [worker.id for worker, _ in shown], month)
    return EventQuotaPage(
        items=[_row(worker, post, filed.get(worker.id, {}), month) for worker, post in shown],
        next_cursor=encode(str(shown[-1][0].id)) if len(rows) > limit else None,
    )


def own_quota(session: Session, worker_id: UUID, month: Month) -> EventQuotaOut:
    """One's own month; raises NotFound without a post in it."""
    row = session.execute(_posted(month).where(Worker.id == worker_id)).one_or_none()
    if row is None:
        raise NotFound
    worker, post = row
    return _row(worker, post, _filed(session, [worker_id], month).get(worker_id, {}), month)


def _posted(month: Month) -> Any:
    """Level-1 workers with their last post of the month."""
    span = Range(month.first, month_ends(month.first), bounds="[)")
    return (
        select(Worker, Posting)
        .join(Posting, Posting.worker_id == Worker.id)
        .where(Worker.level == LEVEL_1, Posting.valid.overlaps(span))
        .ext(distinct_on(Worker.id))
        .order_by(Worker.id, Posting.valid.desc())
    )


def _key_in(cursor: str) -> UUID:
    (key,) = decode(cursor, str)
    try:
        return UUID(str(key))
    except ValueError:
        raise BadCursor from None


def _filed(
    session: Session, worker_ids: Collection[UUID], month: Month
) -> Mapping[UUID, Mapping[State, int]]:
    rows = session.execute(
        select(IncidentCase.worker_id, IncidentCase.state, func.count())
        .where(
            IncidentCase.worker_id.in_(worker_ids),
            IncidentCase.day >= month.first,
            IncidentCase.day < month_ends(month.first),
        )
        .group_by(IncidentCase.worker_id, IncidentCase.state)
    )
    found: dict[UUID, dict[State, int]] = defaultdict(dict)
    for worker_id, state, count in rows:
        found[worker_id][state] = count
    return found


def _row(worker: Worker, post: Posting, filed: Mapping[State, int], month: Month) -> EventQuotaOut:
    states: Sequence[State] = [state for state, count in filed.items() for _ in range(count)]
    bound = post.employment is not None and is_bound(post.employment)
    finding = judge_quota(states, month.quota, bound=bound, over=month.over)
    return EventQuotaOut.model_validate(
        {
            "worker_id": worker.id,
            "worker_name": worker.name,
            "community_code": post.community_code,
            "month": f"{month.first:%Y-%m}",
            **finding.because,
            "verdict": finding.verdict,
            "rule": finding.rule,
            "clause": finding.clause,
        }
    )
