"""What a unit owes of meetings and training, what it held and what it missed (MTG-1, TRN-1)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import Meeting, MeetingAttendance, Posting, Unit, Worker
from app.kit.paging import decode, encode
from app.kit.schema import Out
from app.people.calendar import Calendar
from app.people.posts import under
from app.rules.divisions import UnitTier
from app.rules.duty import Employment
from app.rules.finding import Finding
from app.rules.meetings import (
    HOLDINGS,
    CadenceVerdict,
    HeldMeeting,
    MeetingKind,
    MeetingPeriod,
    Presence,
    is_owed,
    judge_cadence,
    judge_rotation,
    periods_touching,
)


class CadenceRow(Out):
    """One owed meeting or training and what became of it."""

    unit_code: str
    unit_name: str
    kind: MeetingKind
    first_day: date
    last_day: date
    verdict: CadenceVerdict
    rule: str
    clause: str
    held: list[UUID]
    on_monday: bool | None = Field(description="Of weekly meetings: whether one was on Monday")
    workers_owed: int | None = Field(description="Of training of the city: who is to attend once")
    workers_attended: int | None


class CadenceTotals(Out):
    """Over the whole span, before any page."""

    held: int
    missed: int
    open: int


class CadencePage(Out):
    """What is owed in the periods that touch a span, by unit, kind and period."""

    unit: str
    totals: CadenceTotals
    items: list[CadenceRow]
    next_cursor: str | None


@dataclass(frozen=True)
class AskedCadence:
    """Of which unit, over which span, judged on which date."""

    unit_code: str
    first: date
    last: date
    today: date
    kind: MeetingKind | None = None
    verdict: CadenceVerdict | None = None


def cadence(session: Session, asked: AskedCadence, page: tuple[str | None, int]) -> CadencePage:
    """Held, missed and open, one row for each owed period."""
    facts = _Facts(session, asked)
    rows = sorted(_rows(facts, asked), key=_place)
    counts = Counter(row.verdict for row in rows)
    if asked.verdict is not None:
        rows = [row for row in rows if row.verdict is asked.verdict]
    cursor, limit = page
    if cursor is not None:
        after = tuple(map(str, decode(cursor, str, str, str)))
        rows = [row for row in rows if _place(row) > after]
    return CadencePage(
        unit=asked.unit_code,
        totals=CadenceTotals(**{verdict.value: counts[verdict] for verdict in CadenceVerdict}),
        items=rows[:limit],
        next_cursor=encode(*_place(rows[limit - 1])) if len(rows) > limit else None,
    )


def _place(row: CadenceRow) -> tuple[str, str, str]:
    return row.unit_code, row.kind.value, row.first_day.isoformat()


Post = tuple[UUID, Range[date]]


class _Facts:
    """Units, posts, duty dates and meetings of everything that touches the span."""

    def __init__(self, session: Session, asked: AskedCadence) -> None:
        kinds = MeetingKind if asked.kind is None else (asked.kind,)
        self.periods = {
            kind: list(periods_touching(kind, asked.first, asked.last)) for kind in kinds
        }
        self.first = min(found[0].first for found in self.periods.values())
        self.last = max(found[-1].last for found in self.periods.values())
        units = session.scalars(
            select(Unit).where(under(Unit.code, asked.unit_code), Unit.tier != UnitTier.GRID)
        )
        self.units = {unit.code: unit for unit in units}
        self.calendar = Calendar(session, self.first, self.last)
        self.posts = self._posts(session, asked.unit_code)
        self.held = self._held(session, asked.unit_code)
        self.trained = self._trained(session) if MeetingKind.CITY_TRAINING in self.periods else []

    def _posts(self, session: Session, unit_code: str) -> Mapping[str, Sequence[Post]]:
        """Of each community the full-time workers and over which dates they were posted."""
        rows = session.execute(
            select(Posting.community_code, Posting.worker_id, Posting.valid)
            .join(Worker, Worker.id == Posting.worker_id)
            .where(
                under(Posting.community_code, unit_code),
                Posting.valid.overlaps(Range(self.first, self.last, bounds="[]")),
                Posting.employment == Employment.FULL_TIME,
                Worker.level == 1,
            )
        )
        found: dict[str, list[Post]] = defaultdict(list)
        for community, worker_id, valid in rows:
            found[community].append((worker_id, valid))
        return found

    def _held(
        self, session: Session, unit_code: str
    ) -> Mapping[tuple[str, MeetingKind], Sequence[HeldMeeting]]:
        rows = session.execute(
            select(Meeting.unit_code, Meeting.kind, Meeting.held_on, Meeting.id).where(
                under(Meeting.unit_code, unit_code),
                Meeting.held_on.between(self.first, self.last),
                Meeting.withdrawn_at.is_(None),
            )
        )
        found: dict[tuple[str, MeetingKind], list[HeldMeeting]] = defaultdict(list)
        for code, kind, held_on, key in rows:
            found[code, kind].append(HeldMeeting(held_on, key))
        return found

    def _trained(self, session: Session) -> Sequence[tuple[UUID, date]]:
        """Who was present at training of the city, and when."""
        rows = session.execute(
            select(MeetingAttendance.worker_id, Meeting.held_on)
            .join(Meeting, Meeting.id == MeetingAttendance.meeting_id)
            .where(
                Meeting.kind == MeetingKind.CITY_TRAINING,
                Meeting.held_on.between(self.first, self.last),
                Meeting.withdrawn_at.is_(None),
                MeetingAttendance.presence == Presence.PRESENT,
            )
        )
        return [(worker_id, held_on) for worker_id, held_on in rows]

    def owes(self, unit_code: str, day: date) -> bool:
        """Whether a date is a duty date for somebody posted in a unit."""
        return any(
            any(day in valid for _, valid in posts) and self.calendar.on_duty(community, day)
            for community, posts in self.posts.items()
            if community.startswith(unit_code)
        )

    def posted(self, day: date) -> set[UUID]:
        """Who was posted on a date."""
        return {
            worker_id for posts in self.posts.values() for worker_id, valid in posts if day in valid
        }


def _rows(facts: _Facts, asked: AskedCadence) -> Iterator[CadenceRow]:
    for kind, periods in facts.periods.items():
        for period in periods:
            tier = HOLDINGS.on(period.last)[kind].tier
            for unit in (found for found in facts.units.values() if found.tier is tier):
                if is_owed(period, partial(facts.owes, unit.code)):
                    yield _row(facts, asked, unit, (kind, period))


def _row(
    facts: _Facts, asked: AskedCadence, unit: Unit, owed: tuple[MeetingKind, MeetingPeriod]
) -> CadenceRow:
    kind, period = owed
    held = facts.held.get((unit.code, kind), ())
    if kind is MeetingKind.CITY_TRAINING:
        found = _rotation(facts, period, asked.today)
    else:
        found = judge_cadence(kind, period, held, asked.today)
    return CadenceRow(
        unit_code=unit.code,
        unit_name=unit.name,
        kind=kind,
        first_day=period.first,
        last_day=period.last,
        verdict=found.verdict,
        rule=found.rule,
        clause=found.clause,
        held=[UUID(str(one.record)) for one in held if one.day in period],
        on_monday=found.because.get("on_monday"),
        workers_owed=found.because.get("owed"),
        workers_attended=found.because.get("attended"),
    )


def _rotation(facts: _Facts, period: MeetingPeriod, today: date) -> Finding[CadenceVerdict]:
    """Of those posted today, or on the last date of a year that is over [reading]."""
    attended = {worker_id for worker_id, held_on in facts.trained if held_on in period}
    day = max(period.first, min(period.last, today))
    return judge_rotation(facts.posted(day), attended, period, today)
