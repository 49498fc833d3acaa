"""From measured records to what is stored: manual corrections laid over, then the score (APR-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.appraisal.measuring import Found
from app.appraisal.pieces import Whose, parts_of, total
from app.db.models import AppraisalCorrection, MonthIndicator
from app.kit.clock import civil_day
from app.people.months import MonthOfWorker
from app.rules.appraisal import (
    Indicator,
    Measured,
    Result,
    Scored,
    Share,
    judge_month,
    score,
    settles_at,
    weights,
)
from app.rules.parameters import Values

Standing = Mapping[Indicator, AppraisalCorrection]
"""The corrections of a worker's month that stand."""
SIX = Decimal("0.000001")


@dataclass(frozen=True)
class Line:
    """One indicator as it is stored."""

    measured: Measured
    share: Share
    parts: Mapping[str, Any]
    corrected_by: UUID | None


@dataclass(frozen=True)
class Judged:
    """A worker's month as it is stored."""

    score: Decimal | None
    proposed: Result
    because: Mapping[str, Any]
    lines: Mapping[Indicator, Line]


def judge(found: Found, standing: Standing, values: Values) -> Judged:
    """By what was measured, but for what a person corrected."""
    measured = {indicator: total(pieces) for indicator, pieces in found.items()}
    parts = {indicator: {"parts": parts_of(pieces)} for indicator, pieces in found.items()}
    return judged_of(measured, parts, standing, values)


def rejudge(rows: Mapping[Indicator, MonthIndicator], standing: Standing, values: Values) -> Judged:
    """By what was measured before; only the corrections changed."""
    measured = {indicator: _as_measured(row) for indicator, row in rows.items()}
    parts = {
        indicator: {name: part for name, part in row.parts.items() if name != "measured"}
        for indicator, row in rows.items()
    }
    return judged_of(measured, parts, standing, values)


def _as_measured(row: MonthIndicator) -> Measured:
    """Without the correction that lies over it."""
    before = row.parts.get("measured")
    if before is None:
        return Measured(row.numerator, row.denominator)
    return Measured(before["numerator"], before["denominator"])


def judged_of(
    measured: Mapping[Indicator, Measured],
    parts: Mapping[Indicator, Mapping[str, Any]],
    standing: Standing,
    values: Values,
) -> Judged:
    """Corrections laid over what was measured, and the score of it."""
    laid_over = {
        indicator: _corrected(found, standing.get(indicator))
        for indicator, found in measured.items()
    }
    scored = score(laid_over, values)
    finding = judge_month(scored.score, values)
    lines = {
        indicator: _line(indicator, found, scored, parts[indicator], measured, standing)
        for indicator, found in laid_over.items()
    }
    return Judged(scored.score, finding.verdict, dict(finding.because), lines)


def _corrected(found: Measured, correction: AppraisalCorrection | None) -> Measured:
    if correction is None:
        return found
    return Measured(correction.numerator, correction.denominator)


def _line(
    indicator: Indicator,
    found: Measured,
    scored: Scored,
    parts: Mapping[str, Any],
    measured: Mapping[Indicator, Measured],
    standing: Standing,
) -> Line:
    correction = standing.get(indicator)
    if correction is None:
        return Line(found, scored.shares[indicator], parts, None)
    before = measured[indicator]
    with_before = {
        **parts,
        "measured": {"numerator": before.numerator, "denominator": before.denominator},
    }
    return Line(found, scored.shares[indicator], with_before, correction.id)


def six_decimals(exact: Fraction) -> Decimal:
    """As weights and points are stored, beside the exact score."""
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(SIX)


def circumstances(one: MonthOfWorker, whose: Whose, handset_since: date | None) -> dict[str, Any]:
    """The values in force, the posts and the handset: what a month was judged by beside its
    records."""
    values = whose.values
    settles = settles_at(whose.month, values)
    return {
        "weights": {
            indicator.value: f"{six_decimals(weight).normalize():f}"
            for indicator, weight in weights(values).items()
        },
        "posts": [
            {
                "community_code": span.community_code,
                "first": span.first.isoformat(),
                "last": span.last.isoformat(),
            }
            for span in one.spans
        ],
        "handset_since": handset_since and handset_since.isoformat(),
        "measured_to": whose.last.isoformat(),
        "settles_at": settles.isoformat(),
        "settled": whose.now >= settles,
        "rule": "APR-1",
        "clause": "五1",
        "computed_on": civil_day(whose.now).isoformat(),
    }
