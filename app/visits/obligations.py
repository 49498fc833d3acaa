"""What a community owes: each target's visits, period by period, and what pays them (VIS-6, 7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.kit.clock import civil_day
from app.rules.dated import IN_FORCE
from app.rules.sharing import Key
from app.rules.visits import Period, VisitKind, owes, payment, period_of
from app.visits.on_record import ONE_DAY, Made, OnRecord, Target


@dataclass(frozen=True)
class Obligation:
    """A visit that a target owes in a period, and the dates of it on which the target lives."""

    target: Target
    period: Period
    first: date
    last: date
    because: Mapping[str, object]

    @property
    def key(self) -> Key:
        """By what it is known."""
        return self.target.id, self.period.first


def periods_between(kind: VisitKind, first: date, last: date) -> Iterator[Period]:
    """Every period of a kind that has a date in a span, in order; none before the regulation."""
    day = max(first, IN_FORCE)
    while day <= last:
        period = period_of(kind, day)
        yield period
        day = period.last + ONE_DAY


def obligations(
    record: OnRecord, periods: Mapping[VisitKind, Sequence[Period]], until: date
) -> Iterator[Obligation]:
    """What is owed in some periods by those who live by a date."""
    for target in record.targets:
        for period in periods[target.kind]:
            found = _owed(record, target, period)
            if found is not None and found.first <= until:
                yield found


def _owed(record: OnRecord, target: Target, period: Period) -> Obligation | None:
    life = target.life
    if life.first > period.last or (life.last is not None and life.last < period.first):
        return None
    rulings = record.rulings
    values = rulings.values(period.last)
    finding = owes(target.kind, life, period, rulings.is_duty_date, values)
    if not finding.verdict:
        return None
    last = period.last if life.last is None else min(life.last, period.last)
    return Obligation(target, period, max(life.first, period.first), last, finding.because)


def made_in(record: OnRecord, owed: Obligation) -> Sequence[Made]:
    """The visits to a target's place in the period."""
    made = record.made.get(owed.target.place_id, ())
    return [one for one in made if civil_day(one.paid.at) in owed.period]


def settled_by(record: OnRecord, owed: Obligation) -> datetime | None:
    """When the record arrived with which it was paid; None while it is not."""
    arrived = sorted(made_in(record, owed), key=lambda one: one.received)
    if not _pays(record, owed, arrived):
        return None
    return next(
        one.received for count, one in enumerate(arrived, 1) if _pays(record, owed, arrived[:count])
    )


def _pays(record: OnRecord, owed: Obligation, made: Iterable[Made]) -> bool:
    values = record.rulings.values(owed.period.last)
    return bool(payment(owed.target.kind, owed.period, (one.paid for one in made), values))
