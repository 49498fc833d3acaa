"""PAY, CON-3, CON-4: base and performance pay of a month, line by line (五3 to 五5, 四(三))."""

from enum import StrEnum


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
