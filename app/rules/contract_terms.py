"""HIRE-3, CON-4: how long a contract runs, who is told before it ends, how one resigns."""

from datetime import date, timedelta
from enum import StrEnum

from app.rules.approvals import CON_4
from app.rules.cite import Cite, cites
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number
from app.rules.retirement import HIRE_3, months_after

HIRE_3_READING = Cite("HIRE-3", "一(二)4", reading=True)

CONTRACT_NOTICE_DAYS = number(
    "contract_notice_days",
    90,
    "d",
    "HIRE-3",
    (1, 366),
    Label("合同到期提醒提前天数", "Contracts that end within so many days are shown"),
)
ACCOUNT_KEPT_DAYS = number(
    "account_kept_days",
    45,
    "d",
    "HIRE-3",
    (0, 366),
    Label(
        "合同结束后账号保留天数（补传、申诉、查看工资）",
        "Days an account stays open after the contract: late records, appeals, the last pay",
    ),
)
"""Whoever was dismissed can appeal within 10 duty dates, and reads the last statement."""


class Resigning(StrEnum):
    """Whether a resignation is one in the regulation's sense."""

    IN_ADVANCE = "in_advance"
    TOO_LATE = "too_late"


@cites(HIRE_3)
def term_ends_on(first_day: date, months: int) -> date:
    """The last date of a fixed term: the day before it comes round again, or the month's last.

    A year from 29 February ends on 28 February; a year from 1 March before a leap year on the 29th.
    """
    again = months_after(first_day, months)
    return again - timedelta(days=1) if again.day == first_day.day else again


@cites(HIRE_3_READING)
def is_noticed(ends_on: date, today: date, values: Values) -> bool:
    """Whether the station is shown that a contract ends, today included."""
    return timedelta(0) <= ends_on - today <= timedelta(days=values[CONTRACT_NOTICE_DAYS])


@cites(HIRE_3_READING)
def account_closes_on(last_day: date, values: Values) -> date:
    """The date from which on nobody signs in any more with the account of a worker who left."""
    return last_day + timedelta(days=1 + int(values[ACCOUNT_KEPT_DAYS]))


@cites(CON_4)
def judge_resignation(asked_on: date, last_day: date) -> Finding[Resigning]:
    """In advance [reading]: the last date of service lies after the date on which it was said."""
    verdict = Resigning.IN_ADVANCE if last_day > asked_on else Resigning.TOO_LATE
    because = {"asked_on": asked_on.isoformat(), "last_day": last_day.isoformat()}
    return Finding(verdict=verdict, cite=CON_4, because=because)


@cites(CON_4)
def resigned_from(last_day: date, approved_on: date) -> date:
    """The last date of a resigned contract: it runs on until it is approved [reading]."""
    return max(last_day, approved_on)
