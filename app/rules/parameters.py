"""Part 0, Parameters: what the regulation leaves open and the city sets, from a date on.

A parameter is declared beside the rule that uses it; the city's rows supersede its default from
a date that is never in the past, and a past date keeps the values in force on that date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Generic, TypeVar

from app.rules.cite import Cite, cites

V = TypeVar("V", float, time)

PART_0 = Cite("0", "八", reading=True)


@dataclass(frozen=True)
class Label:
    zh: str
    en: str


@dataclass(frozen=True)
class Parameter(Generic[V]):
    """A default, the bounds in which the city may move it, and the rule it belongs to."""

    name: str
    default: V
    unit: str
    rule: str
    minimum: V
    maximum: V
    label: Label


@dataclass(frozen=True)
class Problem:
    """Why a value or a date is not acceptable."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Supersession:
    """One row of a parameter's history."""

    name: str
    value: object
    effective_from: date


PARAMETERS: dict[str, Parameter[float] | Parameter[time]] = {}


def number(
    name: str, default: float, unit: str, rule: str, bounds: tuple[float, float], label: Label
) -> Parameter[float]:
    """Declare a number, in `unit`."""
    minimum, maximum = map(float, bounds)
    found = Parameter(name, float(default), unit, rule, minimum, maximum, label)
    PARAMETERS[name] = found
    return found


def clock_time(
    name: str, default: time, rule: str, bounds: tuple[time, time], label: Label
) -> Parameter[time]:
    """Declare a time of the civil day, written HH:MM."""
    minimum, maximum = bounds
    found = Parameter(name, default, "HH:MM", rule, minimum, maximum, label)
    PARAMETERS[name] = found
    return found


@dataclass(frozen=True)
class Values:
    """The values in force on one day: `values[STATION_RADIUS_M]`."""

    superseded: tuple[tuple[str, float | time], ...] = ()

    def __getitem__(self, parameter: Parameter[V]) -> V:
        value = dict(self.superseded).get(parameter.name, parameter.default)
        assert isinstance(value, type(parameter.default))
        return value

    @staticmethod
    def defaults() -> "Values":
        return Values()

    def as_json(self) -> dict[str, float | str]:
        """Every parameter by name, as it is stored and shown."""
        superseded = dict(self.superseded)
        return {
            name: written(superseded.get(name, parameter.default))
            for name, parameter in sorted(PARAMETERS.items())
        }


def written(value: float | time) -> float | str:
    """A value as JSON has it: a number, or HH:MM."""
    return value.strftime("%H:%M") if isinstance(value, time) else value


def read_value(name: str, value: object) -> float | time:
    """The value of a row or a form; ValueError if it is not of the parameter's kind."""
    if isinstance(PARAMETERS[name].default, time):
        return _read_time(value)
    return _read_number(value)


def _read_time(value: object) -> time:
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    if isinstance(value, str):
        return time.fromisoformat(value).replace(tzinfo=None)
    raise ValueError(f"{value!r} is not a time of day")


def _read_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004 - a form's error, not a type's
    return float(value)


def check_value(name: str, value: object) -> tuple[Problem, ...]:
    """What is wrong with a value that the city wants to set; empty if nothing is."""
    parameter = PARAMETERS.get(name)
    if parameter is None:
        return (Problem("unknown", f"没有参数 {name}", f"There is no parameter {name}"),)
    try:
        read = read_value(name, value)
    except (ValueError, ArithmeticError):
        return (Problem("unreadable", f"应为：{parameter.unit}", f"Expected: {parameter.unit}"),)
    lowest, highest = written(parameter.minimum), written(parameter.maximum)
    if not _lies_within(read, parameter):
        return (
            Problem(
                "out_of_bounds",
                f"应在 {lowest} 至 {highest} 之间",
                f"Must lie between {lowest} and {highest}",
            ),
        )
    return ()


def _lies_within(value: float | time, parameter: Parameter[float] | Parameter[time]) -> bool:
    if isinstance(value, time):
        assert isinstance(parameter.minimum, time)
        assert isinstance(parameter.maximum, time)
        return parameter.minimum <= value <= parameter.maximum
    assert isinstance(parameter.minimum, float)
    assert isinstance(parameter.maximum, float)
    return parameter.minimum <= value <= parameter.maximum


@cites(PART_0)
def check_supersession(row: Supersession, today: date) -> tuple[Problem, ...]:
    """A value is checked, and never takes effect in the past."""
    problems = check_value(row.name, row.value)
    if row.effective_from < today:
        past = Problem("in_the_past", "生效日期不得早于今天", "It may not take effect in the past")
        return (*problems, past)
    return problems


@cites(PART_0)
def values_on(day: date, history: Iterable[Supersession]) -> Values:
    """The values in force on `day`; of rows from the same date the last of `history` counts."""
    in_force = [row for row in history if row.effective_from <= day]
    in_force.sort(key=lambda row: row.effective_from)
    latest = {row.name: read_value(row.name, row.value) for row in in_force}
    return Values(tuple(sorted(latest.items())))
