"""TSK-3: on which dates an account was active (四(二)3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.rules.cite import Cite, cites
from app.rules.tasks import Platform

TSK_3 = Cite("TSK-3", "四(二)3", reading=True)
"""An account [reading]: each platform's by itself, and both are shown."""


@dataclass(frozen=True)
class LoggedIn:
    """That a worker's account of a platform logged in on a date."""

    platform: Platform
    day: date


def month_of(day: date) -> tuple[date, date]:
    """The first and the last date of a date's calendar month."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return first, after - timedelta(days=1)


@cites(TSK_3)
def active_days(
    logins: Iterable[LoggedIn], first: date, last: date
) -> Mapping[Platform, tuple[date, ...]]:
    """The dates of a span on which each account logged in; a date counts once."""
    found: dict[Platform, set[date]] = {platform: set() for platform in Platform}
    for login in logins:
        if first <= login.day <= last:
            found[login.platform].add(login.day)
    return {platform: tuple(sorted(days)) for platform, days in found.items()}
