"""The year's pay once more, from the scenario alone: by hand, slowly, without the service's rules.

Of `app` only words are used (the names of grounds, kinds and results). Whoever changes a rule of
the service has to change this page too, knowingly.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property

from app.rules.appraisal import Grade, Result
from app.rules.conduct import Ground, PenaltyKind
from app.rules.procedures import LeaveKind
from tests.year import script
from tests.year.duty import closed_on, duty_dates, last_of, months
from tests.year.everyday import Work, year_of_work
from tests.year.people import Person, people
from tests.year.script import Ending, Offence

CENT = Decimal("0.01")
WARNING_COSTS = Decimal(100)
WEIGHTS = {
    "attendance": 20,
    "field_time": 20,
    "visits": 20,
    "information": 15,
    "events": 15,
    "services": 5,
    "meetings": 5,
}
PASS_MARK = 60
ENTERED_WITHIN_DAYS = 7
EXCELLENT_FROM = 90
Share = tuple[int, int]
"""Done, owed."""


@dataclass(frozen=True)
class Decided:
    """A penalty as it was decided."""

    offence: Offence
    kind: PenaltyKind
    on: date

    def stands(self, when: date) -> bool:
        """Whether it stood at the end of a date."""
        appeal = self.offence.appeal
        overturned = appeal is not None and appeal.upheld and appeal.decided_on <= when
        return self.on <= when and not overturned


@dataclass(frozen=True)
class Paid:
    """What a worker is paid for a month, and in it for earlier ones."""

    duty: int
    employed: int
    result: Result
    base: Decimal
    performance: Decimal
    corrections: tuple[tuple[date, Decimal], ...] = ()
    """Month corrected, amount."""

    @property
    def total(self) -> Decimal:
        """To the cent."""
        return self.base + self.performance + sum((add for _, add in self.corrections), Decimal(0))


@dataclass
class Reckoning:
    """The whole year, by hand."""

    work: Work = field(default_factory=year_of_work)
    paid: dict[tuple[str, date], Paid] = field(default_factory=dict)
    _scores: dict[tuple[str, date], Decimal | None] = field(default_factory=dict)

    @cached_property
    def _by_worker(self) -> dict[str, Work]:
        return {key: self.work.of([key]) for key in people()}

    @cached_property
    def penalties(self) -> dict[str, list[Decided]]:
        """Every penalty that was decided, by worker, in the order of decisions."""
        found: dict[str, list[Decided]] = defaultdict(list)
        decided = [one for one in script.OFFENCES if one.ends is Ending.PENALISED]
        for one in sorted(decided, key=lambda one: (one.decided_on or date.max, one.who)):
            assert one.decided_on is not None
            before = [earlier for earlier in found[one.who] if earlier.stands(one.decided_on)]
            found[one.who].append(Decided(one, _rung(one.ground, before), one.decided_on))
        return found

    def pay_the_year(self) -> "Reckoning":
        """Month after month, as it is known on the date of each payroll."""
        for month in months():
            for person in people().values():
                if person.full_time and person.posts_in(month, last_of(month)):
                    self.paid[person.key, month] = self._pay(person, month)
        return self

    def _pay(self, person: Person, month: date) -> Paid:
        when = closed_on(month)
        own = self._amounts(person, month, when)
        corrections = []
        for earlier in months():
            if (person.key, earlier) in self.paid and earlier < month:
                owed = self._amounts(person, earlier, when)
                more = owed.base + owed.performance - self._received(person.key, earlier)
                if more:
                    corrections.append((earlier, more))
        return Paid(
            own.duty, own.employed, own.result, own.base, own.performance, tuple(corrections)
        )

    def _received(self, who: str, month: date) -> Decimal:
        """What was paid for a month until now, in it and after it."""
        first = self.paid[who, month]
        later = [
            amount
            for (other, _), statement in self.paid.items()
            for corrected, amount in statement.corrections
            if (other, corrected) == (who, month)
        ]
        return first.base + first.performance + sum(later, Decimal(0))

    def _amounts(self, person: Person, month: date, when: date) -> Paid:
        duty = duty_dates(month, last_of(month))
        employed = [day for day in duty if self._is_paid(person, day)]
        result = self.result(person.key, month, when)
        base = _part(script.MINIMUM_WAGE, employed, len(duty))
        performance = _part(script.PERFORMANCE, employed, len(duty))
        performance = self._after_penalties(person.key, month, when, performance)
        if result is Result.FAIL:
            performance = Decimal("0.00")
        return Paid(len(duty), len(employed), result, base, performance)

    def _is_paid(self, person: Person, day: date) -> bool:
        away = any(
            leave.who == person.key and leave.first <= day <= leave.last
            for leave in script.ABSENCES
            if leave.kind is LeaveKind.UNPAID_ABSENCE
        )
        return person.post_on(day) is not None and not away

    def _after_penalties(self, who: str, month: date, when: date, amount: Decimal) -> Decimal:
        for penalty in self.penalties[who]:
            if not penalty.stands(when):
                continue
            of_month = month <= penalty.on <= last_of(month)
            if penalty.kind is PenaltyKind.WARNING and of_month:
                amount = max(Decimal("0.00"), amount - WARNING_COSTS)
            unpaid = month <= penalty.on <= closed_on(month)
            if penalty.kind is PenaltyKind.DISMISSAL and (of_month or unpaid):
                amount = Decimal("0.00")
        return amount

    def result(self, who: str, month: date, when: date) -> Result:
        """What a month had come to by a date."""
        for penalty in self.penalties[who]:
            of_month = month <= penalty.on <= last_of(month)
            if of_month and penalty.kind is PenaltyKind.DEMERIT and penalty.stands(when):
                return Result.FAIL
        for objection in script.OBJECTIONS:
            upheld = objection.upheld and objection.answered_on <= when
            if (objection.who, objection.month) == (who, month) and upheld:
                return Result.PASS
        return script.WORDS.get((who, month), self.proposed(who, month))

    def proposed(self, who: str, month: date) -> Result:
        """By the score alone."""
        since, mark = script.PASS_MARK
        asked = mark if month >= since else PASS_MARK
        reached = self.score(who, month)
        return Result.PASS if reached is None or reached >= asked else Result.FAIL

    def score(self, who: str, month: date) -> Decimal | None:
        """Out of a hundred, to two decimals."""
        if (who, month) not in self._scores:
            self._scores[who, month] = self._score(who, month)
        return self._scores[who, month]

    def _score(self, who: str, month: date) -> Decimal | None:
        shares = self.shares(who, month)
        owed = {name: share for name, share in shares.items() if share[1]}
        whole = sum(WEIGHTS[name] for name in owed)
        if not whole:
            return None
        points = [Fraction(WEIGHTS[name] * done, of) for name, (done, of) in owed.items()]
        return rounded(100 * sum(points, Fraction(0)) / whole)

    def shares(self, who: str, month: date) -> dict[str, Share]:
        """What was done of what was owed, by indicator."""
        work = self._by_worker[who].between(month, last_of(month))
        present = [fact for fact in work.days if fact.absence is None]
        entered = [(fact.entered_on - fact.day).days for fact in work.collected]
        visits = [fact.guard_visited for fact in present]
        visits += [fact.rental_visited for fact in work.weeks]
        return {
            "attendance": _all([filled for fact in present for filled in fact.windows]),
            "field_time": _all([fact.met for fact in present]),
            "visits": _all(visits),
            "information": _all([days <= ENTERED_WITHIN_DAYS for days in entered]),
            "events": self._events(work, month, len(present)),
            "services": (sum(fact.rating for fact in work.served), 5 * len(work.served)),
            "meetings": _all([fact.at_meeting for fact in present]),
        }

    def _events(self, work: Work, month: date, worked: int) -> Share:
        """The quota is owed in proportion to the duty dates that were worked, rounded down."""
        in_time, owed = _all([fact.in_time for fact in work.filed])
        since, quota = script.QUOTA
        if month < since:
            return in_time, owed
        quota = quota * worked // len(duty_dates(month, last_of(month)))
        return in_time + min(len(work.filed), quota), owed + quota

    def grade(self, who: str, when: date) -> Grade:
        """The year's, as it would be proposed on a date."""
        worked = [month for key, month in self.paid if key == who]
        results = [self.result(who, month, when) for month in worked]
        scores = [score for month in worked if (score := self.score(who, month)) is not None]
        mean = sum(map(Fraction, scores), Fraction(0)) / len(scores)
        if results.count(Result.FAIL) >= 2 or mean < PASS_MARK:
            return Grade.UNQUALIFIED
        clean = not any(penalty.stands(when) for penalty in self.penalties[who])
        best = mean >= EXCELLENT_FROM and Result.FAIL not in results and clean
        return Grade.EXCELLENT if best else Grade.QUALIFIED


def _rung(ground: Ground, before: Sequence[Decided]) -> PenaltyKind:
    if ground.value.startswith("A"):
        return PenaltyKind.DISMISSAL
    return (PenaltyKind.WARNING, PenaltyKind.DEMERIT, PenaltyKind.DISMISSAL)[len(before)]


def _part(amounts: Sequence[tuple[date, Decimal]], employed: Iterable[date], duty: int) -> Decimal:
    """Each date at what was in force on it; rounded once."""
    in_force = [max(pair for pair in amounts if pair[0] <= day)[1] for day in employed]
    return rounded(sum(map(Fraction, in_force), Fraction(0)) / duty)


def rounded(exact: Fraction) -> Decimal:
    """Half a cent up: what lies beyond nine decimals cannot lift a fraction to it."""
    floored = Decimal(exact.numerator * 10**9 // exact.denominator).scaleb(-9)
    return floored.quantize(CENT, ROUND_HALF_UP)


def _all(done: Sequence[bool]) -> Share:
    return sum(done), len(done)
