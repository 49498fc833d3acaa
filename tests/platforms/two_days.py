"""The city and both platforms over simulated days: what happens, what is said, what is told."""

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import (
    Account,
    IncidentCase,
    PlatformAccount,
    Reconciliation,
    WebhookDelivery,
    WebhookEvent,
)
from app.incidents import doers, sweeping
from app.kit.clock import civil_day
from app.kit.errors import Refusal
from app.kit.ids import uuid7
from app.platforms.reconciling import Asked, reconcile
from app.platforms.taking_in import process
from app.rules.delivery import UNFINISHED
from app.rules.exchange import MessageKind
from app.rules.incidents import Act, State
from app.rules.tasks import Platform
from app.webhooks.delivering import Post, deliver_all
from tests.attendance.facts import GRID, acting
from tests.city import SINCE, City
from tests.incidents.facts import NEIGHBOUR, Street
from tests.platforms.standing_in import Running
from tests.registry.collected import Desk

GRIDS = {GRID: 0.002, NEIGHBOUR: 0.0062}
"""Where in the row of grids an event is found: degrees east of its western edge."""
OFFICES = ("station_lead", "township", "command_centre")
TRIED = (
    Act.TAKE_UP,
    Act.ESCALATE,
    Act.HAND_DOWN,
    Act.RETURN,
    Act.ASK_HELP,
    Act.ASK_EXTENSION,
    Act.DECIDE_EXTENSION,
    Act.CLOSE,
    Act.FOLLOW_UP,
    Act.VERIFY,
    Act.WITHDRAW,
    Act.FIND_FALSE,
)
STEP = timedelta(hours=1)


@dataclass
class Clock:
    """The time of everybody."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class World:
    """Everything that runs, and the one chance that moves it."""

    db: Session
    sessions: Sessions
    city: City
    clock: Clock
    platforms: Mapping[Platform, Running]
    endpoints: Mapping[Platform, UUID]
    post: Post
    loop: asyncio.Runner
    chance: random.Random
    incidents: list[UUID] = field(default_factory=list)
    records: list[UUID] = field(default_factory=list)

    @property
    def street(self) -> Street:
        """Where events are reported and handled."""
        return Street(self.db, self.city)

    def prepare(self) -> None:
        """Accounts at both platforms, and records that they can answer."""
        office = self.db.scalars(select(Account.id).order_by(Account.id).limit(1)).one()
        for platform in Platform:
            row = PlatformAccount(
                id=uuid7(self.clock.now),
                platform=platform,
                account="jy001",
                worker_id=self.city.workers[GRID],
                valid=Range(SINCE, None),
                recorded_by=office,
                recorded_at=self.clock.now,
            )
            self.db.add(row)
        desk = Desk(self.db, self.city)
        self.records = [desk.entered(self.clock.now, kind="person").id]
        self.db.commit()

    def live(self, away: Collection[Platform] = ()) -> None:
        """An hour: events and acts, cards, messages of the platforms, deliveries."""
        for _ in range(self.chance.randrange(6)):
            self.clock.now += timedelta(seconds=self.chance.randrange(1, 60))
            self._something_happens()
        sweeping.sweep(self.sessions, self.clock.now)
        for platform in Platform:
            self._says(platform, away=platform in away)
        self.settle()
        self.clock.now += STEP

    def settle(self) -> None:
        """Tell what is due to be told, take in what came."""
        self.loop.run(deliver_all(self.post))
        process(self.sessions, self.clock.now)

    def _something_happens(self) -> None:
        try:
            with self.db.begin_nested():
                if not self.incidents or self.chance.random() < 0.25:
                    self._reported()
                else:
                    self._acted(self.chance.choice(self.incidents))
        except Refusal:
            pass
        self.db.commit()

    def _reported(self) -> None:
        grid, east = self.chance.choice(sorted(GRIDS.items()))
        severity = self.chance.choice(["general", "general", "major"])
        key = self.street.reported(self.clock.now, grid=grid, severity=severity, lon=104.547 + east)
        self.incidents.append(key)

    def _acted(self, key: UUID) -> None:
        who = self.chance.choice([None, *OFFICES])
        grid = self.db.get_one(IncidentCase, key).grid_code
        if who is None:
            found = doers.allowed_for_worker(self.db, self.city.workers[grid], key, self.clock.now)
        else:
            asker = acting(self.db, self.city, who)
            found = doers.allowed_for_office(self.db, asker, key, self.clock.now)
        open_now = [act for act in found.allowed if act in TRIED]
        if not open_now:
            return
        act = self.chance.choice(open_now)
        if who is None:
            self.street.worker(key, act, self.clock.now, grid=grid)
        else:
            self.street.office(who, key, act, self.clock.now)

    def _says(self, platform: Platform, *, away: bool) -> None:
        """A few things, in any order, twice, badly signed, or lost on the way."""
        if not self.incidents or self.chance.random() < 0.6:
            return
        says = [self._said() for _ in range(self.chance.randrange(1, 4))]
        how = {
            "withheld": away or self.chance.random() < 0.1,
            "copies": self.chance.randrange(1, 4),
            "order": self.chance.choice(["given", "reversed"]),
            "signed": self.chance.choices(["rightly", "wrongly"], [9, 1])[0],
        }
        self.platforms[platform].send(*says, **how)

    def _said(self) -> dict[str, Any]:
        incident = str(self.chance.choice(self.incidents))
        match self.chance.choice(list(MessageKind)):
            case MessageKind.STATUS:
                state = self.chance.choice(list(State)).value
                return {"kind": "status", "incident_id": incident, "state": state}
            case MessageKind.CARD:
                tier = self.street.hops(UUID(incident))[0].tier.value
                colour = self.chance.choice(["yellow", "red"])
                return {"kind": "card", "incident_id": incident, "colour": colour, "tier": tier}
            case MessageKind.LOGIN:
                return {"kind": "login", "account": "jy001"}
            case MessageKind.RECEIPT:
                record = str(self.chance.choice(self.records))
                accepted = self.chance.random() < 0.5
                return {"kind": "receipt", "record_id": record, "version": 1, "accepted": accepted}

    def waiting(self, platform: Platform) -> int:
        """How many deliveries to a platform are not finished."""
        self.db.rollback()
        return self.db.scalars(
            select(func.count())
            .select_from(WebhookDelivery)
            .where(
                WebhookDelivery.endpoint_id == self.endpoints[platform],
                WebhookDelivery.state.in_(UNFINISHED),
            )
        ).one()

    def days(self) -> Sequence[date]:
        """On which something was told or said."""
        self.db.rollback()
        told = {civil_day(at) for at in self.db.scalars(select(WebhookEvent.occurred_at))}
        said = {
            civil_day(sent.at) for each in self.platforms.values() for sent in each.standin.sent
        }
        return sorted(told | said)

    def reconcile(self) -> list[Reconciliation]:
        """Each date of each platform."""
        return [
            reconcile(self.sessions, Asked(platform, day, self.clock.now))
            for platform in Platform
            for day in self.days()
        ]
