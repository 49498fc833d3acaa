"""B5: information entered late, wrong, lacking or old (四(二)5, INF-2 to INF-5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.conduct.basis import Evidence, Judged, Plain
from app.conduct.information_changes import changes_due
from app.conduct.information_checks import checks_made
from app.conduct.information_entry import entries_due
from app.conduct.information_focus import focus_owed
from app.people.months import MonthOfWorker
from app.people.values import values_on
from app.rules.activity import month_of
from app.rules.grounds import InformationOfMonth, judge_information
from app.rules.parameters import Values


@dataclass(frozen=True)
class Part:
    """One of the four: how many were owed, how many were as they should be, and what was missed."""

    owed: int
    met: int
    missed: Sequence[Plain]


NONE = Part(0, 0, ())


def look_at_information(session: Session, months: Sequence[MonthOfWorker]) -> Judged:
    """Each of the four parts by what fell due in the month, with the records that were missed."""
    if not months:
        return {}
    parts = {
        "entry": _counted(entries_due(session, months)),
        "accuracy": _counted(checks_made(session, months)),
        "coverage": _counted(focus_owed(session, months)),
        "changes": _counted(changes_due(session, months)),
    }
    month = months[0].month
    values = values_on(session, month)
    workers = set().union(*parts.values())
    return {
        (worker_id, _last(months)): _evidence(
            {name: found.get(worker_id, NONE) for name, found in parts.items()}, month, values
        )
        for worker_id in workers
    }


def _last(months: Sequence[MonthOfWorker]) -> date:
    return month_of(months[0].month)[1]


def _counted(found: Sequence[tuple[UUID, bool, Plain]]) -> Mapping[UUID, Part]:
    """By worker, from whether each of the owed was met."""
    owed: dict[UUID, list[tuple[bool, Plain]]] = defaultdict(list)
    for worker_id, met, shown in found:
        owed[worker_id].append((met, shown))
    return {
        worker_id: Part(
            len(rows), sum(met for met, _ in rows), [shown for met, shown in rows if not met]
        )
        for worker_id, rows in owed.items()
    }


def _evidence(parts: Mapping[str, Part], month: date, values: Values) -> Evidence:
    entry, accuracy = parts["entry"], parts["accuracy"]
    coverage, changes = parts["coverage"], parts["changes"]
    found = InformationOfMonth(
        collected=entry.owed,
        late=entry.owed - entry.met,
        checked=accuracy.owed,
        correct=accuracy.met,
        known=coverage.owed,
        recorded=coverage.met,
        changes=changes.owed,
        stale=changes.owed - changes.met,
    )
    finding = judge_information(found, month, values)
    because = {**finding.because, "month": f"{month:%Y-%m}"}
    missed = [one for part in parts.values() for one in part.missed]
    return Evidence(finding.verdict, because, missed)
