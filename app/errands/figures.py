"""What the errands of a span of dates come to, by unit, grid, worker or matter (SVC-1)."""

from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import Session

from app.db.models import Errand, ErrandAct, Unit, Worker
from app.errands.refusals import ErrandRangeTooLong
from app.kit.clock import day_end, day_start
from app.kit.paging import decode, encode
from app.kit.schema import Out
from app.people.posts import under
from app.rules.errands import CLOSING, SVC_1

DAYS_AT_MOST = 400
CHILD_DIGITS = {6: 9, 9: 12, 12: 15, 15: 15}
"""How long the codes of a unit's children are; a grid stands for itself."""


class FiguresBy(StrEnum):
    """What the figures are told apart by; `unit`: the units directly below."""

    UNIT = "unit"
    GRID = "grid"
    WORKER = "worker"
    MATTER = "matter"


class ErrandFigures(Out):
    """Of the errands accepted over the span: how many came how far, how well and how fast."""

    key: str
    name: str
    accepted: int
    delivered: int
    rated: int
    mean_rating: float | None
    median_hours: float | None = Field(description="Of the clock, from acceptance to delivery")
    p90_hours: float | None = Field(description="Nine of ten were delivered within")


class ErrandFiguresPage(Out):
    """Figures in order of their keys."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule": "SVC-1",
                    "clause": "三(一)3, 二1",
                    "items": [
                        {
                            "key": "510185001001",
                            "name": "东城社区",
                            "accepted": 40,
                            "delivered": 36,
                            "rated": 30,
                            "mean_rating": 4.6,
                            "median_hours": 26.5,
                            "p90_hours": 71.25,
                        }
                    ],
                    "next_cursor": None,
                }
            ]
        }
    )

    rule: str
    clause: str
    items: list[ErrandFigures]
    next_cursor: str | None


def check_range(first: date, last: date) -> None:
    """Raises ErrandRangeTooLong."""
    if not timedelta(0) <= last - first < timedelta(days=DAYS_AT_MOST):
        raise ErrandRangeTooLong(first=first, last=last, most=DAYS_AT_MOST)


def figures(
    session: Session,
    unit_code: str,
    span: tuple[date, date],
    by: FiguresBy,
    page: tuple[str | None, int],
) -> ErrandFiguresPage:
    """Errands accepted over the span, whenever they were delivered and rated."""
    check_range(*span)
    cursor, limit = page
    key = _key(by, unit_code)
    hours = func.extract("epoch", ErrandAct.corrected_at - Errand.accepted_at) / 3600
    query = (
        select(
            key,
            func.count(),
            func.count(ErrandAct.id),
            func.count(Errand.rating),
            func.avg(Errand.rating),
            func.percentile_cont(0.5).within_group(hours.asc()),
            func.percentile_cont(0.9).within_group(hours.asc()),
        )
        .outerjoin(ErrandAct, (ErrandAct.errand_id == Errand.id) & (ErrandAct.step == CLOSING))
        .where(
            under(Errand.grid_code, unit_code),
            Errand.accepted_at >= day_start(span[0]),
            Errand.accepted_at < day_end(span[1]),
        )
        .group_by(key)
        .order_by(key)
        .limit(limit + 1)
    )
    if cursor is not None:
        query = query.where(key > str(decode(cursor, str)[0]))
    rows = session.execute(query).all()
    names = _names(session, by, [row[0] for row in rows[:limit]])
    items = [_figures(row, names.get(row[0], str(row[0]))) for row in rows[:limit]]
    more = len(rows) > limit
    return ErrandFiguresPage(
        rule=SVC_1.rule,
        clause=SVC_1.clause,
        items=items,
        next_cursor=encode(items[-1].key) if more else None,
    )


def _key(by: FiguresBy, unit_code: str) -> ColumnElement[str]:
    match by:
        case FiguresBy.UNIT:
            return func.left(Errand.grid_code, CHILD_DIGITS[len(unit_code)])
        case FiguresBy.GRID:
            return Errand.grid_code.expression
        case FiguresBy.WORKER:
            return cast(Errand.worker_id, Text)
        case FiguresBy.MATTER:
            return Errand.matter.expression


def _names(session: Session, by: FiguresBy, keys: list[str]) -> dict[str, str]:
    match by:
        case FiguresBy.UNIT | FiguresBy.GRID:
            units = session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(keys)))
            return {code: name for code, name in units}  # noqa: C416
        case FiguresBy.WORKER:
            ids = [UUID(key) for key in keys]
            rows = session.execute(select(Worker.id, Worker.name).where(Worker.id.in_(ids)))
            return {str(worker_id): name for worker_id, name in rows}
        case FiguresBy.MATTER:
            return {}


def _figures(row: tuple[object, ...], name: str) -> ErrandFigures:
    key, accepted, delivered, rated, mean, median, p90 = row
    return ErrandFigures.model_validate(
        {
            "key": key,
            "name": name,
            "accepted": accepted,
            "delivered": delivered,
            "rated": rated,
            "mean_rating": rounded(mean),
            "median_hours": rounded(median),
            "p90_hours": rounded(p90),
        }
    )


def rounded(value: object) -> float | None:
    """To the hundredth."""
    return None if value is None else round(float(str(value)), 2)
