"""B3: fewer active days of an account than a month asks for (四(二)3, TSK-3)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence, Judged, record
from app.conduct.duty_dates import duty_of
from app.db.models import PlatformLogin
from app.people.months import MonthOfWorker
from app.rules.activity import LoggedIn, active_days, month_of
from app.rules.grounds import DutyOfMonth, judge_activity
from app.rules.tasks import LoginSource, Platform


def look_at_logins(session: Session, months: Sequence[MonthOfWorker]) -> Judged:
    """Each account by itself; of a platform of which nothing is known nothing is judged."""
    if not months:
        return {}
    first, last = month_of(months[0].month)
    communities = {span.community_code for one in months for span in one.spans}
    heard = heard_of(session, communities, first, last)
    logins = _logins(session, [one.worker_id for one in months], first, last)
    duties = duty_of(session, months)
    return {
        (one.worker_id, last): _evidence(
            one, _heard(one, heard), logins.get(one.worker_id, ()), duties[one.worker_id]
        )
        for one in months
    }


def heard_of(
    session: Session, communities: Collection[str], first: date, last: date
) -> Mapping[str, frozenset[Platform]]:
    """By community: the platforms of which anything is known over some dates [reading].

    A platform that tells of logins itself is heard of everywhere; a list that a station entered
    says nothing of the workers of another one.
    """
    logins = select(PlatformLogin.community_code, PlatformLogin.platform).where(
        PlatformLogin.day.between(first, last)
    )
    found: dict[str, set[Platform]] = {community: set() for community in communities}
    for community, platform in session.execute(
        logins.where(PlatformLogin.community_code.in_(communities)).distinct()
    ):
        found[community].add(platform)
    # Of a platform that told of nobody the whole table is read to know it: asked only where needed.
    told = logins.where(PlatformLogin.source == LoginSource.WEBHOOK)
    everywhere = {
        platform
        for platform in Platform
        if any(platform not in known for known in found.values())
        and session.execute(told.where(PlatformLogin.platform == platform).limit(1)).first()
    }
    return {community: frozenset(platforms | everywhere) for community, platforms in found.items()}


def _heard(month: MonthOfWorker, heard: Mapping[str, frozenset[Platform]]) -> frozenset[Platform]:
    return frozenset().union(*(heard[span.community_code] for span in month.spans))


def _logins(
    session: Session, workers: Collection[UUID], first: date, last: date
) -> Mapping[UUID, Sequence[LoggedIn]]:
    rows = session.execute(
        select(PlatformLogin.worker_id, PlatformLogin.platform, PlatformLogin.day).where(
            PlatformLogin.worker_id.in_(workers), PlatformLogin.day.between(first, last)
        )
    )
    found: dict[UUID, list[LoggedIn]] = defaultdict(list)
    for worker_id, platform, day in rows:
        found[worker_id].append(LoggedIn(platform, day))
    return found


def _evidence(
    month: MonthOfWorker,
    heard: Collection[Platform],
    logins: Sequence[LoggedIn],
    duty: DutyOfMonth,
) -> Evidence:
    first, last = month_of(month.month)
    days = active_days(logins, first, last)
    active = {platform.value: len(days[platform]) for platform in Platform if platform in heard}
    finding = judge_activity(active, duty, first)
    because = {
        **finding.because,
        "month": f"{first:%Y-%m}",
        "not_heard_of": sorted(platform.value for platform in Platform if platform not in heard),
        "days": {name: [day.isoformat() for day in days[Platform(name)]] for name in active},
    }
    at = f"/v1/platform-logins?worker={month.worker_id}&from={first}&to={last}"
    return Evidence(finding.verdict, because, [record("platform_logins", month.worker_id, at)])
