"""Figures of accuracy over the checks of a span of dates (INF-3)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Record, SampleItem
from app.kit.clock import day_end, day_start
from app.registry.sample_schemas import AccuracyOut, AccuracyRow
from app.registry.scopes import records_in
from app.rules.accuracy import judge_accuracy
from app.rules.information import CheckResult, RecordKind

Group = tuple[str | None, RecordKind | None]
"""The unit and the kind of a row."""


class AccuracyBy(StrEnum):
    """What figures are told apart by."""

    UNIT = "unit"
    COMMUNITY = "community"
    GRID = "grid"
    KIND = "kind"


def accuracy(
    session: Session, unit_code: str, span: tuple[date, date], by: AccuracyBy
) -> AccuracyOut:
    """What the checks of a unit's records came to, made from the first to the last date."""
    first, last = span
    counts: dict[Group, Counter[CheckResult]] = {}
    if by is AccuracyBy.UNIT:
        counts[(unit_code, None)] = Counter()
    for grid, kind, result, number in _checked(session, unit_code, span):
        group = _group(unit_code, by, grid, kind)
        counts.setdefault(group, Counter())[result] += number
    ordered = sorted(counts.items(), key=lambda found: (found[0][0] or "", found[0][1] or ""))
    rows = [_row(group, results, last) for group, results in ordered]
    return AccuracyOut(first_day=first, last_day=last, items=rows)


def _checked(session: Session, unit_code: str, span: tuple[date, date]) -> Any:
    """How many checks with each result, by grid and kind."""
    first, last = span
    return session.execute(
        select(Record.grid_code, Record.kind, SampleItem.result, func.count())
        .join(Record, Record.id == SampleItem.record_id)
        .where(
            records_in(unit_code),
            SampleItem.checked_at >= day_start(first),
            SampleItem.checked_at < day_end(last),
        )
        .group_by(Record.grid_code, Record.kind, SampleItem.result)
    )


def _group(unit_code: str, by: AccuracyBy, grid_code: str, kind: RecordKind) -> Group:
    match by:
        case AccuracyBy.UNIT:
            return unit_code, None
        case AccuracyBy.COMMUNITY:
            return grid_code[:12], None
        case AccuracyBy.GRID:
            return grid_code, None
        case AccuracyBy.KIND:
            return unit_code, kind


def _row(group: Group, results: Mapping[CheckResult, int], day: date) -> AccuracyRow:
    unit_code, kind = group
    correct, checked = results[CheckResult.CORRECT], sum(results.values())
    finding = judge_accuracy(correct, checked, day)
    facts: Mapping[str, Any] = finding.because
    return AccuracyRow(
        unit_code=unit_code,
        kind=kind,
        checked=checked,
        correct=correct,
        wrong=results[CheckResult.WRONG],
        not_found=results[CheckResult.NOT_FOUND],
        accuracy=round(correct / checked, 6) if checked else None,
        low=round(facts["low"], 6),
        high=round(facts["high"], 6),
        asked_percent=facts["asked_percent"],
        enough=checked > 0,
        verdict=finding.verdict,
        rule=finding.rule,
        clause=finding.clause,
    )
