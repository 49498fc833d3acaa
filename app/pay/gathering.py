"""What every worker's wage of a month follows from, read from all that is known now (PAY)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import AppraisalRevision, MonthAppraisal, Payroll, Penalty, Unit
from app.pay.employment import Absences, DutyOfMonth, EmployedDates, absences, dates_of
from app.pay.standards import Standards
from app.people.calendar import Calendar
from app.people.months import MonthOfWorker, workers_of_month
from app.rules.activity import month_of
from app.rules.appraisal import Result, result_in_force
from app.rules.conduct import PenaltyKind
from app.rules.divisions import UnitTier
from app.rules.pay import (
    NOTHING,
    PayrollState,
    StandardKind,
    Standing,
    Wage,
    WageFacts,
    bears_on,
    pro_rata,
    wage_of,
)


@dataclass(frozen=True)
class Appraised:
    """What is known of a worker's month in appraisal."""

    proposed: Result | None = None
    decided: Result | None = None
    revised: Result | None = None
    revision_id: UUID | None = None

    @property
    def word(self) -> Result | None:
        """The last word; while the station has not given its own, what the score proposes."""
        return self.revised or self.decided or self.proposed


@dataclass(frozen=True)
class GatheredMonth:
    """A worker's month of pay, before corrections of other months."""

    worker: MonthOfWorker
    dates: EmployedDates
    facts: WageFacts
    appraised: Appraised
    result: Result | None
    """In force, a demerit of the month included."""
    wage: Wage

    def grounds(self) -> dict[str, Any]:
        """What a correction compares."""
        return {
            "result": self.result,
            "employed": len(self.dates.employed),
            "penalties": [standing.id for standing in self.facts.penalties],
        }

    def because(self) -> dict[str, Any]:
        """What a statement says it follows from."""
        appraised = self.appraised
        return {
            "posts": [
                {"unit": span.community_code, "first": _text(span.first), "last": _text(span.last)}
                for span in self.worker.spans
            ],
            "absent": [_text(day) for day in self.dates.absent],
            "minimum_wage": [portion.shown() for portion in self.facts.wages],
            "performance": [portion.shown() for portion in self.facts.standards],
            "appraisal": {
                "proposed": appraised.proposed,
                "decided": appraised.decided,
                "revised": appraised.revised,
                "revision": str(appraised.revision_id) if appraised.revision_id else None,
            },
            "penalties": [standing.id for standing in self.facts.penalties],
        }


def _text(day: date) -> str:
    return day.isoformat()


def city_of(session: Session) -> str:
    """The code of the city that this installation serves."""
    return session.scalars(select(Unit.code).where(Unit.tier == UnitTier.CITY)).one()


def states_of(session: Session) -> dict[date, PayrollState]:
    """Where each month's payroll stands."""
    rows = session.execute(select(Payroll.month, Payroll.state))
    return {month: state for month, state in rows}  # noqa: C416 - rows are no pairs to mypy


class Gatherer:
    """Reads months of a span: what all of them share is loaded once."""

    def __init__(self, session: Session, first: date, last: date) -> None:
        """The span's first and last month, by their first dates."""
        end = month_of(last)[1]
        self._session = session
        self._city = city_of(session)
        self._calendar = Calendar(session, first, end)
        self._standards = Standards(session)
        self._away: Absences = absences(session, first, end)
        self._penalties = _penalties(session, first)
        self._closings = _closings(session)
        self._wages: dict[WageFacts, Wage] = {}

    def month(self, month: date) -> Mapping[UUID, GatheredMonth]:
        """Every worker whose month it was, in order of keys."""
        duty = DutyOfMonth(self._calendar, month)
        appraised = _appraised(self._session, month)
        return {
            worker.worker_id: self._gathered(
                worker, duty, appraised.get(worker.worker_id, Appraised())
            )
            for worker in workers_of_month(self._session, self._city, month)
        }

    def duty_of(self, community_code: str, month: date) -> int:
        """How many dates a month is divided by in a community."""
        return len(DutyOfMonth(self._calendar, month).of(community_code))

    def whole_month(self, gathered: GatheredMonth) -> Decimal:
        """What a month would be worth with all of its dates, before appraisal and penalties."""
        days = gathered.dates.duty
        found = (self._standards.portions(kind, days) for kind in StandardKind)
        return sum((pro_rata(portions, len(days)) for portions in found), NOTHING)

    def _gathered(
        self, worker: MonthOfWorker, duty: DutyOfMonth, appraised: Appraised
    ) -> GatheredMonth:
        dates = dates_of(worker, duty, self._away.get(worker.worker_id, frozenset()))
        penalties = self._penalties_of(worker)
        facts = WageFacts(
            len(dates.duty),
            self._standards.portions(StandardKind.MINIMUM_WAGE, dates.employed),
            self._standards.portions(StandardKind.PERFORMANCE, dates.employed),
            appraised.word,
            tuple(Standing(*each) for each in penalties),
        )
        demerit = any(kind is PenaltyKind.DEMERIT for kind, *_ in penalties)
        result = result_in_force(appraised.decided, appraised.revised, demerit)
        return GatheredMonth(worker, dates, facts, appraised, result, self._wage(facts))

    def _wage(self, facts: WageFacts) -> Wage:
        """Equal facts have equal wages: worked out once."""
        if facts not in self._wages:
            self._wages[facts] = wage_of(facts)
        return self._wages[facts]

    def _penalties_of(self, worker: MonthOfWorker) -> list[tuple[PenaltyKind, date, str]]:
        closed_at = self._closings.get(worker.month)
        return [
            (found.kind, found.decided_on, str(found.id))
            for found in self._penalties.get(worker.worker_id, ())
            if bears_on(
                worker.month,
                found.kind,
                found.decided_on,
                paid_before=closed_at is not None and closed_at < found.decided_at,
            )
        ]


@dataclass(frozen=True)
class StandingPenalty:
    """A penalty that was not overturned, as it stands."""

    id: UUID
    kind: PenaltyKind
    decided_on: date
    decided_at: datetime


def _penalties(session: Session, since: date) -> Mapping[UUID, Sequence[StandingPenalty]]:
    rows = session.execute(
        select(
            Penalty.worker_id, Penalty.id, Penalty.standing, Penalty.decided_on, Penalty.decided_at
        )
        .where(Penalty.standing.is_not(None), Penalty.decided_on >= since)
        .order_by(Penalty.decided_on, Penalty.id)
    )
    found: dict[UUID, list[StandingPenalty]] = defaultdict(list)
    for worker_id, key, kind, decided_on, decided_at in rows:
        assert kind is not None
        found[worker_id].append(StandingPenalty(key, kind, decided_on, decided_at))
    return found


def _closings(session: Session) -> Mapping[date, datetime]:
    rows = session.execute(
        select(Payroll.month, Payroll.closed_at).where(Payroll.closed_at.is_not(None))
    )
    return {month: closed_at for month, closed_at in rows if closed_at is not None}


def _appraised(session: Session, month: date) -> Mapping[UUID, Appraised]:
    revisions = {
        row.worker_id: row
        for row in session.execute(
            select(AppraisalRevision.worker_id, AppraisalRevision.id, AppraisalRevision.result)
            .where(AppraisalRevision.month == month)
            .order_by(AppraisalRevision.decided_at, AppraisalRevision.id)
        )
    }
    rows = session.execute(
        select(MonthAppraisal.worker_id, MonthAppraisal.proposed, MonthAppraisal.result).where(
            MonthAppraisal.month == month
        )
    )
    found = {}
    for worker_id, proposed, decided in rows:
        last = revisions.get(worker_id)
        revised = (last.result, last.id) if last else (None, None)
        found[worker_id] = Appraised(proposed, decided, *revised)
    return found
