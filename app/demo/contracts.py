"""Contracts of the demo's full-time workers and the standards of their pay, as rows for COPY."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from app.demo.city import DemoCity
from app.demo.people import DemoWorker
from app.demo.rows import Keys, Row
from app.kit.clock import civil_day
from app.kit.schema import IN_FORCE
from app.kit.secrets import seal
from app.rules.duty import Employment
from app.rules.hiring import ContractOrigin, RetirementPost
from app.rules.pay import StandardKind
from app.rules.retirement import retires_on

CONTRACT_COLUMNS = (
    "id worker_id community_code origin signed_on first_day term_ends_on born retirement_post"
    " retires_on signed_by recorded_at"
)
STANDARD_COLUMNS = "id kind amount effective_from reason decided_by decided_at"
STANDARDS = {StandardKind.MINIMUM_WAGE: "2200.00", StandardKind.PERFORMANCE: "1200.00"}
POSTS = (RetirementPost.MEN, RetirementPost.WOMEN_55, RetirementPost.WOMEN_50)
FIXED = 40
"""One in so many has a fixed term, which ends soon."""
SOON, LATER = (20, 85), (200, 9000)
"""In so many days a contract ends: of one in fifty within the days of notice."""


def contracts(city: DemoCity, keys: Keys, secret: bytes, now: datetime) -> Iterator[Row]:
    """One for each full-time worker, signed by the station's lead; a few end soon (HIRE-3)."""
    leads = {
        office.unit: keys.of("account", office.phone)
        for office in city.accounts
        if office.role == "station_lead"
    }
    bound = [one for one in city.workers if one.employment is Employment.FULL_TIME]
    for place, worker in enumerate(bound):
        yield (
            keys.of("contract", worker.phone),
            keys.worker(worker.phone),
            worker.community,
            ContractOrigin.EARLIER.value,
            IN_FORCE,
            IN_FORCE,
            *_ends(worker, place, secret, civil_day(now)),
            leads[worker.community],
            now,
        )


def _ends(worker: DemoWorker, place: int, secret: bytes, today: date) -> Row:
    """Term, date of birth, kind of post and statutory date: all in the future."""
    chance = Random(f"contract {worker.phone}")  # noqa: S311 - invented, the same every time
    post = POSTS[place % len(POSTS)]
    wanted = today + timedelta(days=chance.randint(*(LATER if place % 50 else SOON)))
    born = born_to_retire(post, wanted)
    term = today + timedelta(days=chance.randint(*SOON)) if place % FIXED == 1 else None
    sealed = seal(secret, "contract", json.dumps(born.isoformat()))
    return term, sealed, post.value, retires_on(post, born)


def born_to_retire(post: RetirementPost, wanted: date) -> date:
    """A date of birth whose statutory date is the wanted one or follows soon after it."""
    born = wanted.replace(year=wanted.year - 70, day=1)
    while (left := (wanted - retires_on(post, born)).days) > 0:
        born += timedelta(days=max(1, left // 2))
    return born


def standards(city: DemoCity, keys: Keys, now: datetime) -> Iterator[Row]:
    """In force since the regulation is."""
    centre = next(office for office in city.accounts if office.role == "command_centre")
    for kind, amount in STANDARDS.items():
        key = keys.of("pay standard", kind.value)
        by = keys.of("account", centre.phone)
        yield key, kind.value, amount, IN_FORCE, "演示数据 / demo", by, now
