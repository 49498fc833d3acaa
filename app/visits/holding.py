"""Who holds a community's open visits on each date on which somebody is away (ORG-5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from app.kit.clock import civil_day
from app.rules.sharing import Held, Holding, OpenVisit, share_out
from app.rules.visits import VisitKind
from app.visits.obligations import Obligation, obligations, periods_between, settled_by
from app.visits.on_record import ONE_DAY, OnRecord

NOTHING: Holding = {}


@dataclass(frozen=True)
class Candidate:
    """A visit that may have to be shared out, and until when it was open."""

    owed: Obligation
    first: date
    last: date
    at_home: dict[UUID | None, OpenVisit] = field(default_factory=dict)

    def answered_for(self, home: UUID | None) -> OpenVisit:
        """The visit as the rule has it, with who answers for its grid."""
        if home not in self.at_home:
            target = self.owed.target
            self.at_home[home] = OpenVisit(
                target=target.id,
                first=self.owed.period.first,
                deadline=self.owed.last,
                kind=target.kind,
                place=target.place_id,
                home=home,
            )
        return self.at_home[home]


@dataclass(frozen=True)
class Holdings:
    """Who holds what in a community on the dates of a span."""

    record: OnRecord
    first: date
    last: date

    def held(self, owed: Obligation, day: date) -> Held:
        """Who holds a visit on a date: at home where nobody is away, else as it was shared out.

        What was not open on that date, because it was registered or became known later, was not
        shared out either: nobody holds it while whoever answers for the grid is away.
        """
        grid = self.record.grid_on(owed.target.place_id, day)
        home = self.record.staff.home(grid, day) if grid else None
        if home not in self.record.staff.away.get(day, {}):
            return Held(home)
        return self.by_date.get(day, NOTHING).get(owed.key, Held(None))

    @cached_property
    def by_date(self) -> Mapping[date, Holding]:
        """Day by day over the dates on which somebody is away, each after the one before."""
        found: dict[date, Holding] = {}
        candidates: Sequence[Candidate] | None = None
        for day in self._dates():
            candidates = self._candidates() if candidates is None else candidates
            before = found.get(day - ONE_DAY, NOTHING)
            open_visits = list(_open(self.record, candidates, day))
            found[day] = share_out(day, open_visits, before, self.record.staff.crew(day))
        return found

    def _dates(self) -> Iterator[date]:
        first = self.record.staff.absences_from(self.first)
        for passed in range((self.last - first).days + 1):
            day = first + timedelta(days=passed)
            if day in self.record.staff.away:
                yield day

    def _candidates(self) -> Sequence[Candidate]:
        first = self.record.staff.absences_from(self.first)
        periods = {kind: list(periods_between(kind, first, self.last)) for kind in VisitKind}
        return [
            _candidate(self.record, owed) for owed in obligations(self.record, periods, self.last)
        ]


def _candidate(record: OnRecord, owed: Obligation) -> Candidate:
    """Open from when it was registered to the date on which what pays it arrived.

    That date is the last on which it is open: a late record does not change what was shared out.
    """
    settled = settled_by(record, owed)
    first = max(owed.first, civil_day(owed.target.registered))
    return Candidate(owed, first, min(owed.last, civil_day(settled)) if settled else owed.last)


def _open(record: OnRecord, candidates: Sequence[Candidate], day: date) -> Iterator[OpenVisit]:
    for candidate in candidates:
        if candidate.first <= day <= candidate.last:
            grid = record.grid_on(candidate.owed.target.place_id, day)
            if grid is not None:
                yield candidate.answered_for(record.staff.home(grid, day))
