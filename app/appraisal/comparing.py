"""A unit beside its siblings, by aggregates alone: nobody's own score leaves the unit (APR-1)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.appraisal.schemas import UnitAppraisalOut, UnitComparisonOut
from app.appraisal.scoring import six_decimals
from app.db.models import MonthAppraisal, MonthIndicator, Unit
from app.kit.errors import NotFound
from app.people.posts import under
from app.rules.appraisal import APR_1, FEWEST_COMPARED, Indicator, Result

GRID_DIGITS = 15
Figures = tuple[int, int, Decimal | None, int, int]
"""Workers, those with a score, their mean, passed, failed."""


def comparison(session: Session, unit_code: str, month: date) -> UnitComparisonOut:
    """A township or community and the others below the same unit; raises NotFound for a grid."""
    unit = session.get(Unit, unit_code)
    if unit is None or len(unit_code) == GRID_DIGITS:
        raise NotFound
    siblings = session.scalars(
        select(Unit).where(Unit.parent_code == unit.parent_code).order_by(Unit.code)
    ).all()
    units: Sequence[Unit] = siblings if unit.parent_code else [unit]
    above = unit.parent_code or unit_code
    figures = _figures(session, above, len(unit_code), month)
    shares = _shares(session, above, len(unit_code), month)
    return UnitComparisonOut(
        month=f"{month:%Y-%m}",
        rule=APR_1.rule,
        clause=APR_1.clause,
        items=[
            _out(one, figures.get(one.code), shares.get(one.code, {}), own=one.code == unit_code)
            for one in units
        ],
    )


def _key(digits: int) -> ColumnElement[str]:
    return func.left(MonthAppraisal.community_code, digits)


def _figures(session: Session, above: str, digits: int, month: date) -> Mapping[str, Figures]:
    """By the result as it was decided, else as it is proposed."""
    result: Any = func.coalesce(MonthAppraisal.result, MonthAppraisal.proposed)
    key = _key(digits)
    rows = session.execute(
        select(
            key,
            func.count(),
            func.count(MonthAppraisal.score),
            func.avg(MonthAppraisal.score),
            func.count().filter(result == Result.PASS),
            func.count().filter(result == Result.FAIL),
        )
        .where(MonthAppraisal.month == month, under(MonthAppraisal.community_code, above))
        .group_by(key)
    )
    return {code: tuple(figures) for code, *figures in rows}


def _shares(
    session: Session, above: str, digits: int, month: date
) -> Mapping[str, Mapping[Indicator, str]]:
    """Only of indicators that enough workers owed anything in: else it is one worker's own."""
    key = _key(digits)
    rows = session.execute(
        select(
            key,
            MonthIndicator.indicator,
            func.sum(MonthIndicator.numerator),
            func.sum(MonthIndicator.denominator),
        )
        .join(
            MonthAppraisal,
            (MonthAppraisal.worker_id == MonthIndicator.worker_id)
            & (MonthAppraisal.month == MonthIndicator.month),
        )
        .where(
            MonthAppraisal.month == month,
            under(MonthAppraisal.community_code, above),
            MonthIndicator.denominator > 0,
        )
        .group_by(key, MonthIndicator.indicator)
        .having(func.count() >= FEWEST_COMPARED)
    )
    found: dict[str, dict[Indicator, str]] = {}
    for code, indicator, done, owed in rows:
        share = six_decimals(Fraction(int(done), int(owed)))
        found.setdefault(code, {})[indicator] = f"{share:.4f}"
    return found


def _out(
    unit: Unit, figures: Figures | None, shares: Mapping[Indicator, str], *, own: bool
) -> UnitAppraisalOut:
    enough = figures is not None and figures[0] >= FEWEST_COMPARED
    nothing = (None, 0, None, None, None)
    workers, scored, mean, passed, failed = figures if enough and figures else nothing
    return UnitAppraisalOut(
        unit_code=unit.code,
        name=unit.name,
        own=own,
        workers=workers,
        mean=None if mean is None or scored < FEWEST_COMPARED else mean.quantize(Decimal("0.01")),
        passed=passed,
        failed=failed,
        shares=dict(shares) if enough else {},
    )
