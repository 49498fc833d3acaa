"""PAY, CON-3, CON-4: base and performance pay of a month, line by line (五3 to 五5, 四(三))."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.rules.activity import month_of
from app.rules.appraisal import Result, half_up
from app.rules.cite import Cite, cites
from app.rules.conduct import PenaltyKind
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.parameters import Label, Values, number

PAY_1 = Cite("PAY-1", "五5")
PAY_2 = Cite("PAY-2", "五3, 四", reading=True)
PAY_3 = Cite("PAY-3", "五4")
PAY_4 = Cite("PAY-4", "五4", reading=True)
CON_1 = Cite("CON-1", "四(二)")
CON_3 = Cite("CON-3", "四(三)")
CON_4 = Cite("CON-4", "四(三)")

WARNING_COSTS = Dated(Since(IN_FORCE, 100, CON_1))
"""Yuan off the performance pay of the month of the decision."""
PAY_CORRECTION_MONTHS = number(
    "pay_correction_months",
    12,
    "months",
    "PAY-4",
    (1, 60),
    Label("工资更正追溯的月数", "Closed months that corrections of pay look back on"),
)
NOTHING = Decimal("0.00")


class StandardKind(StrEnum):
    """The two amounts that the city sets from a date on."""

    MINIMUM_WAGE = "minimum_wage"
    PERFORMANCE = "performance"


class LineKind(StrEnum):
    """What a line of a statement is."""

    BASE = "base"
    PERFORMANCE = "performance"
    PENALTY = "penalty"
    CORRECTION = "correction"
    """Of an earlier month that is closed."""


class PayrollState(StrEnum):
    """Where a month's payroll stands (PAY-4)."""

    COMPUTED = "computed"
    APPROVED = "approved"
    CLOSED = "closed"


class Part(StrEnum):
    """The two parts of a wage; each is corrected by itself."""

    BASE = "base"
    PERFORMANCE = "performance"


class Movement(StrEnum):
    """Who is reported to finance (五4: 中途离岗、上岗人员)."""

    JOINED = "joined"
    LEFT = "left"
    ABSENT = "absent"
    """On leave of absence over duty dates of the month; the post goes on."""


@dataclass(frozen=True)
class Portion:
    """Duty dates employed on which an amount was in force."""

    amount: Decimal
    dates: int

    def shown(self) -> dict[str, object]:
        """As a line says it."""
        return {"amount": f"{self.amount:.2f}", "dates": self.dates}


@dataclass(frozen=True)
class Standing:
    """A penalty that bears on a month's performance pay, as it stands."""

    kind: PenaltyKind
    decided_on: date
    id: str = ""


@dataclass(frozen=True)
class WageFacts:
    """All that a month's wage follows from."""

    duty: int
    wages: tuple[Portion, ...]
    """Of the minimum wage."""
    standards: tuple[Portion, ...]
    """Of the performance standard."""
    appraised: Result | None = None
    """Without the demerit; none where nothing was owed or nothing was said yet."""
    penalties: tuple[Standing, ...] = ()

    @property
    def employed(self) -> int:
        """Duty dates employed."""
        return sum(portion.dates for portion in self.wages)


@dataclass(frozen=True)
class Line:
    """A line of a wage; penalties are negative."""

    kind: LineKind
    amount: Decimal
    cite: Cite
    because: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Wage:
    """A month's wage, before corrections of other months."""

    lines: tuple[Line, ...]

    @property
    def base(self) -> Decimal:
        """The minimum wage's part."""
        return sum((line.amount for line in self.lines if line.kind is LineKind.BASE), NOTHING)

    @property
    def performance(self) -> Decimal:
        """After penalties."""
        return sum((line.amount for line in self.lines if line.kind is not LineKind.BASE), NOTHING)

    @property
    def total(self) -> Decimal:
        """Of all lines."""
        return self.base + self.performance

    def of(self, part: Part) -> Decimal:
        """One of its parts."""
        return self.base if part is Part.BASE else self.performance


@dataclass(frozen=True)
class Difference:
    """What a closed month would come to now, less all that was paid for it."""

    month: date
    part: Part
    amount: Decimal
    due: Decimal
    paid: Decimal
    because: Mapping[str, object] = field(default_factory=dict)
    """What the month rested on when it was closed, and what it rests on now."""


@dataclass(frozen=True)
class Settled:
    """Which differences a month's pay settles, and what of them has to wait."""

    taken: tuple[tuple[Difference, Decimal], ...]
    waiting: tuple[tuple[Difference, Decimal], ...]


def wage_of(facts: WageFacts) -> Wage:
    """The lines of a month in their order: base, performance, penalties."""
    base, performance = base_line(facts), performance_line(facts)
    return Wage((base, performance, *penalty_lines(performance.amount, facts.penalties)))


@cites(PAY_3)
def pro_rata(portions: Iterable[Portion], duty: int) -> Decimal:
    """Each duty date employed is worth its share of the amount in force on it [reading].

    Exact until the line's one rounding, half up; a whole month at one amount is that amount.
    """
    exact = sum((Fraction(portion.amount) * portion.dates for portion in portions), Fraction(0))
    return half_up(exact / duty)


@cites(PAY_3)
def paid_dates(dates: Sequence[date], on_duty: Sequence[date]) -> Sequence[date]:
    """The dates by which a month is divided: its duty dates; all dates of a month without any."""
    return on_duty or dates


@cites(PAY_1)
def base_line(facts: WageFacts) -> Line:
    """The minimum wage in force."""
    because = _portions(facts.wages, facts)
    return Line(LineKind.BASE, pro_rata(facts.wages, facts.duty), PAY_1, because)


@cites(PAY_2, CON_4)
def performance_line(facts: WageFacts) -> Line:
    """The standard for a pass, nothing for a fail; who owed nothing failed nothing [reading].

    Whoever resigned in writing, in advance and with approval is paid by the same result.
    """
    failed = facts.appraised is Result.FAIL
    amount = NOTHING if failed else pro_rata(facts.standards, facts.duty)
    result = facts.appraised.value if facts.appraised else None
    because = _portions(facts.standards, facts) | {"result": result, "times": 0 if failed else 1}
    return Line(LineKind.PERFORMANCE, amount, PAY_2, because)


def _portions(portions: Sequence[Portion], facts: WageFacts) -> dict[str, object]:
    shown = [portion.shown() for portion in portions]
    return {"portions": shown, "employed": facts.employed, "duty": facts.duty}


@cites(CON_3)
def penalty_lines(performance: Decimal, penalties: Iterable[Standing]) -> tuple[Line, ...]:
    """What each penalty takes of a month's performance pay, which never goes below zero."""
    lines, left = [], performance
    for penalty in sorted(penalties, key=lambda each: (each.decided_on, each.id)):
        taken = min(left, _cost(penalty, left))
        left -= taken
        because = {
            "penalty": penalty.id,
            "kind": penalty.kind.value,
            "decided_on": penalty.decided_on.isoformat(),
        }
        lines.append(Line(LineKind.PENALTY, -taken, CON_3, because))
    return tuple(lines)


def _cost(penalty: Standing, performance: Decimal) -> Decimal:
    if penalty.kind is PenaltyKind.WARNING:
        return Decimal(WARNING_COSTS.on(penalty.decided_on))
    return performance


@cites(CON_3)
def bears_on(month: date, kind: PenaltyKind, decided_on: date, *, paid_before: bool) -> bool:
    """Whether a penalty bears on a month's performance pay.

    A warning and a demerit on the month of the decision; a dismissal on every month up to it
    that was not paid when it was decided. `month` is its first date, `paid_before`: that month's
    payroll was closed before the decision.
    """
    if kind is PenaltyKind.DISMISSAL:
        return decided_on >= month and not paid_before
    return month_of(decided_on)[0] == month


@cites(PAY_4)
def settle(differences: Iterable[Difference], room: Decimal) -> Settled:
    """Corrections in a month whose own pay is `room`: its total never goes below zero.

    What is owed to the worker comes first, then what was paid too much, the oldest month first;
    what there is no room for waits for the next month.
    """
    taken, waiting = [], []
    ordered = sorted(differences, key=lambda each: (each.amount < 0, each.month, each.part))
    for difference in ordered:
        amount = max(difference.amount, -room)
        room += amount
        if amount:
            taken.append((difference, amount))
        if amount != difference.amount:
            waiting.append((difference, difference.amount - amount))
    return Settled(tuple(taken), tuple(waiting))


@cites(PAY_4)
def looks_back_to(month: date, values: Values) -> date:
    """The first month that corrections in a month still reach."""
    months = month.year * 12 + month.month - 1 - int(values[PAY_CORRECTION_MONTHS])
    return date(months // 12, months % 12 + 1, 1)


@cites(PAY_4)
def to_be_closed_first(month: date, states: Mapping[date, PayrollState]) -> date | None:
    """The month that has to be closed before a month can be; none where it is this one's turn."""
    waiting = [each for each, state in states.items() if state is not PayrollState.CLOSED]
    if waiting and min(waiting) < month:
        return min(waiting)
    closed = [each for each, state in states.items() if state is PayrollState.CLOSED]
    if not closed or max(closed) >= month:
        return None
    following = month_of(max(closed))[1] + timedelta(days=1)
    return following if following < month else None


@cites(PAY_4)
def is_passed_over(month: date, states: Mapping[date, PayrollState]) -> bool:
    """Whether a later month is closed: corrections of this one have their place there."""
    return any(each > month and state is PayrollState.CLOSED for each, state in states.items())


@cites(PAY_3)
def movement(span: tuple[date, date], month: tuple[date, date], absent: int) -> list[Movement]:
    """How somebody came, went or was away in a month; the span is that of the post around it.

    `absent`: duty dates of leave of absence.
    """
    found = {
        Movement.JOINED: month[0] <= span[0] <= month[1],
        Movement.LEFT: month[0] <= span[1] <= month[1],
        Movement.ABSENT: absent > 0,
    }
    return [kind for kind, holds in found.items() if holds]
