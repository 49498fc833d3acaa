"""How many events there are, told apart by one thing (EVT-1); never which or whose."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Text, cast, exists, func, select
from sqlalchemy.orm import Session

from app.db.models import IncidentCase, IncidentCategoryRow, IncidentHop, Unit
from app.incidents.labels import FIXED, category_words
from app.incidents.lists import Asked, is_carded, is_open
from app.incidents.look_refusals import IncidentRangeTooLong
from app.kit.paging import decode, encode
from app.kit.schema import Out
from app.rules.field_records import Severity
from app.rules.incidents import EVT_1, NOT_COUNTED

DAYS_AT_MOST = 400
CHILD_DIGITS = {6: 9, 9: 12, 12: 15, 15: 15}
"""How long the codes of a unit's children are; a grid stands for itself."""


SUMS = ("reported", "open", "overdue", "closed", "not_counted", "major", "carded", "reopened")


class CountsBy(StrEnum):
    """What events are told apart by; `unit`: the units directly below."""

    CATEGORY = "category"
    """Of the first level; where a category was asked for, as exactly as they were filed."""
    TIER = "tier"
    """That holds them now: one that two tiers hold is in both, one that is closed in none."""
    STATE = "state"
    UNIT = "unit"
    MONTH = "month"
    SEVERITY = "severity"


class IncidentCounts(Out):
    """The events of one key."""

    key: str
    name_zh: str
    name_en: str
    reported: int
    open: int
    overdue: int = Field(description="Open, and due at a tier that holds them")
    closed: int = Field(description="Closed, followed up or verified")
    not_counted: int = Field(description="Withdrawn, false or duplicate (EVT-5)")
    major: int
    carded: int = Field(description="With a card that stands")
    reopened: int


class IncidentCountsPage(Out):
    """Counts in the order of their keys."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule": "EVT-1",
                    "clause": "二3, 二4, 二7",
                    "items": [
                        {
                            "key": "public_safety",
                            "name_zh": "公共安全",
                            "name_en": "Public safety",
                            "reported": 40,
                            "open": 6,
                            "overdue": 1,
                            "closed": 33,
                            "not_counted": 1,
                            "major": 2,
                            "carded": 3,
                            "reopened": 0,
                        }
                    ],
                    "next_cursor": None,
                }
            ]
        }
    )

    rule: str
    clause: str
    items: list[IncidentCounts]
    next_cursor: str | None


def check_range(first: date, last: date) -> None:
    """Raises IncidentRangeTooLong."""
    if not timedelta(0) <= last - first < timedelta(days=DAYS_AT_MOST):
        raise IncidentRangeTooLong(first=first, last=last, most=DAYS_AT_MOST)


def counts(
    session: Session, asked: Asked, by: CountsBy, page: tuple[str | None, int], now: datetime
) -> IncidentCountsPage:
    """Events reported over the span, by what was asked."""
    cursor, limit = page
    key = _key(by, asked)
    query = select(key, *_sums(now)).where(*asked.conditions())
    if by is CountsBy.TIER:
        query = query.join(IncidentHop, _is_held())
    if by is CountsBy.CATEGORY:
        query = query.join(IncidentCategoryRow, IncidentCategoryRow.code == IncidentCase.category)
    query = query.group_by(key).order_by(key).limit(limit + 1)
    if cursor is not None:
        query = query.where(key > str(decode(cursor, str)[0]))
    rows = session.execute(query).all()
    names = _names(session, by, [row[0] for row in rows[:limit]])
    return IncidentCountsPage(
        rule=EVT_1.rule,
        clause=EVT_1.clause,
        items=[_counts(row, names) for row in rows[:limit]],
        next_cursor=encode(rows[limit - 1][0]) if len(rows) > limit else None,
    )


def _is_held() -> ColumnElement[bool]:
    hop = IncidentHop
    return (hop.incident_id == IncidentCase.incident_id) & hop.ended_at.is_(None)


def _sums(now: datetime) -> list[ColumnElement[int]]:
    """In the order of SUMS."""
    overdue = exists().where(_is_held(), IncidentHop.due_at < now).correlate(IncidentCase)
    left_out = IncidentCase.state.in_(sorted(NOT_COUNTED))
    return [
        func.count(),
        *(
            func.count().filter(condition)
            for condition in (
                is_open(),
                is_open() & overdue,
                ~is_open() & ~left_out,
                left_out,
                IncidentCase.severity == Severity.MAJOR,
                is_carded(),
                IncidentCase.reopened.expression,
            )
        ),
    ]


def _key(by: CountsBy, asked: Asked) -> ColumnElement[str]:
    row = IncidentCategoryRow
    match by:
        case CountsBy.CATEGORY:
            exact = asked.category is not None
            return row.code.expression if exact else func.coalesce(row.parent_code, row.code)
        case CountsBy.TIER:
            return cast(IncidentHop.tier, Text)
        case CountsBy.STATE:
            return cast(IncidentCase.state, Text)
        case CountsBy.UNIT:
            return child_of(asked.unit_code, IncidentCase.grid_code.expression)
        case CountsBy.MONTH:
            return func.to_char(IncidentCase.day, "YYYY-MM")
        case CountsBy.SEVERITY:
            return cast(IncidentCase.severity, Text)


def child_of(unit_code: str, column: ColumnElement[str]) -> ColumnElement[str]:
    """Which of the units directly below a unit something lies in."""
    return func.left(column, CHILD_DIGITS[len(unit_code)])


Names = Mapping[str, tuple[str, str]]


def _names(session: Session, by: CountsBy, keys: Sequence[str]) -> Names:
    match by:
        case CountsBy.CATEGORY:
            return dict(category_words(session, keys))
        case CountsBy.UNIT:
            return unit_names(session, keys)
        case _:
            return FIXED


def unit_names(session: Session, codes: Sequence[str]) -> Names:
    """Units have names of their own, in one language."""
    rows = session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes)))
    return {code: (name, name) for code, name in rows}


def _counts(row: Sequence[Any], names: Names) -> IncidentCounts:
    key = str(row[0])
    zh, en = names.get(row[0], (key, key))
    return IncidentCounts(
        key=key, name_zh=zh, name_en=en, **dict(zip(SUMS, map(int, row[1:]), strict=True))
    )
