"""How many holds ended in time, and how long they took (EVT-3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Text, case, cast, func, select
from sqlalchemy.orm import Session

from app.db.models import IncidentCase, IncidentCategoryRow, IncidentHop
from app.incidents.figures import child_of, unit_names
from app.incidents.labels import FIXED, category_words
from app.kit.clock import day_end, day_start
from app.kit.paging import decode, encode
from app.kit.schema import Out
from app.people.posts import under
from app.rules.deadlines import EVT_3, share_of
from app.rules.incidents import NOT_COUNTED
from app.rules.tiers import Tier, rank


class TimesBy(StrEnum):
    """What holds are told apart by beside their tier; `tier`: by nothing else."""

    TIER = "tier"
    UNIT = "unit"
    """The units directly below; of a hold of the unit itself the unit."""
    CATEGORY = "category"
    """Of the first level."""
    MONTH = "month"
    """Of arrival."""


class TimelinessRow(Out):
    """The holds of a tier that arrived over the span."""

    key: str
    name_zh: str
    name_en: str
    tier: Tier
    arrived: int
    closed: int = Field(description="The hold ended: handled, escalated, handed down, returned")
    on_time: int = Field(description="Of these, when due at the latest")
    open_overdue: int
    on_time_share: float | None = Field(
        description="On time / (closed + open and overdue); null where nothing counts yet"
    )
    response_median_h: float | None = Field(description="Arrival to taken up, hours of the clock")
    response_p90_h: float | None = Field(description="Nine of ten were taken up within")
    handling_median_h: float | None = Field(description="Arrival to end, hours of the clock")
    handling_p90_h: float | None = Field(description="Nine of ten ended within")


class TimelinessPage(Out):
    """By key, then from the lowest tier up; withdrawn, false and duplicate events left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule": "EVT-3",
                    "clause": "四(二)4",
                    "items": [
                        {
                            "key": "510185001001",
                            "name_zh": "东城社区",
                            "name_en": "东城社区",
                            "tier": "grid",
                            "arrived": 48,
                            "closed": 44,
                            "on_time": 42,
                            "open_overdue": 1,
                            "on_time_share": 0.9333,
                            "response_median_h": 0.4,
                            "response_p90_h": 1.75,
                            "handling_median_h": 3.2,
                            "handling_p90_h": 20.1,
                        }
                    ],
                    "next_cursor": None,
                }
            ]
        }
    )

    rule: str
    clause: str
    items: list[TimelinessRow]
    next_cursor: str | None


@dataclass(frozen=True)
class Span:
    """Holds of a unit that arrived from the first date to the last, both included."""

    unit_code: str
    first: date
    last: date


def timeliness(
    session: Session, span: Span, by: TimesBy, page: tuple[str | None, int], now: datetime
) -> TimelinessPage:
    """Per key and tier."""
    cursor, limit = page
    key, tier = _key(by, span.unit_code), IncidentHop.tier.expression
    query = (
        select(key, tier, *_numbers(now), *_hours())
        .join(IncidentCase, IncidentCase.incident_id == IncidentHop.incident_id)
        .join(IncidentCategoryRow, IncidentCategoryRow.code == IncidentCase.category)
        .where(
            under(IncidentHop.unit_code, span.unit_code),
            IncidentHop.arrived_at >= day_start(span.first),
            IncidentHop.arrived_at < day_end(span.last),
            IncidentCase.state.not_in(sorted(NOT_COUNTED)),
        )
        .group_by(key, tier)
        .order_by(key, _rank())
        .limit(limit + 1)
    )
    if cursor is not None:
        query = query.having(_after(key, cursor))
    rows = session.execute(query).all()
    shown = rows[:limit]
    names = _names(session, by, [row[0] for row in shown])
    last = shown[-1] if len(rows) > limit else None
    return TimelinessPage(
        rule=EVT_3.rule,
        clause=EVT_3.clause,
        items=[_row(row, names) for row in shown],
        next_cursor=encode(last[0], rank(last[1])) if last else None,
    )


def _rank() -> ColumnElement[int]:
    return case({tier: rank(tier) for tier in Tier}, value=IncidentHop.tier)


def _after(key: ColumnElement[str], cursor: str) -> ColumnElement[bool]:
    name, shown = decode(cursor, str, int)
    return (key > str(name)) | ((key == str(name)) & (_rank() > shown))


def _key(by: TimesBy, unit_code: str) -> ColumnElement[str]:
    row = IncidentCategoryRow
    match by:
        case TimesBy.TIER:
            return cast(IncidentHop.tier, Text)
        case TimesBy.UNIT:
            return child_of(unit_code, IncidentHop.unit_code.expression)
        case TimesBy.CATEGORY:
            return func.coalesce(row.parent_code, row.code)
        case TimesBy.MONTH:
            return func.to_char(func.timezone("Asia/Shanghai", IncidentHop.arrived_at), "YYYY-MM")


def _numbers(now: datetime) -> list[ColumnElement[int]]:
    """Arrived, closed, on time, open and overdue."""
    hop = IncidentHop
    closed = func.count(hop.ended_at)
    on_time = func.count().filter(hop.ended_at <= hop.due_at)
    overdue = func.count().filter(hop.ended_at.is_(None), hop.due_at < now)
    return [func.count(), closed, on_time, overdue]


def _hours() -> list[ColumnElement[Any]]:
    """Median and 90th percentile to the taking up, and to the end; nulls count nowhere."""
    hop = IncidentHop
    lengths = (hop.taken_up_at - hop.arrived_at, hop.ended_at - hop.arrived_at)
    return [
        func.percentile_cont(part).within_group((func.extract("epoch", length) / 3600).asc())
        for length in lengths
        for part in (0.5, 0.9)
    ]


def _names(session: Session, by: TimesBy, keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    match by:
        case TimesBy.UNIT:
            return unit_names(session, keys)
        case TimesBy.CATEGORY:
            return dict(category_words(session, keys))
        case _:
            return FIXED


def _row(row: Sequence[Any], names: Mapping[str, tuple[str, str]]) -> TimelinessRow:
    key, tier, arrived, closed, on_time, overdue, *hours = row
    zh, en = names.get(key, (str(key), str(key)))
    response_median, response_p90, handling_median, handling_p90 = map(rounded, hours)
    return TimelinessRow(
        key=str(key),
        name_zh=zh,
        name_en=en,
        tier=tier,
        arrived=arrived,
        closed=closed,
        on_time=on_time,
        open_overdue=overdue,
        on_time_share=share_of(on_time, closed, overdue),
        response_median_h=response_median,
        response_p90_h=response_p90,
        handling_median_h=handling_median,
        handling_p90_h=handling_p90,
    )


def rounded(value: object) -> float | None:
    """To the hundredth."""
    return None if value is None else round(float(str(value)), 2)
