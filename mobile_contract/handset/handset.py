"""The reference handset: loses, doubles and misdates nothing, whatever the network does."""

import gzip
import json
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from mobile_contract.handset.answers import UNDECIDED, judge_result, judge_track
from mobile_contract.handset.chance import chance_of, key_at
from mobile_contract.handset.civil import minute_after
from mobile_contract.handset.collecting import Shelf
from mobile_contract.handset.door import Refused, Unreachable
from mobile_contract.handset.logins import Login
from mobile_contract.handset.mornings import Mornings, begins, pause_after
from mobile_contract.handset.outbox import (
    Anchor,
    Batch,
    Boot,
    Captured,
    batches,
    boots_of,
    captured,
)
from mobile_contract.handset.photos import Photo, Sender, taken
from mobile_contract.handset.plans import Plan, Post, Record
from mobile_contract.handset.tally import Tally

PUSH_LIMIT, FEW = 200, 7
EVERY_MINUTE = timedelta(minutes=1)
HELD_FOR = timedelta(hours=2)
"""After that a handset asks again for a record that was held."""
LOST = 0.25
"""How many answers get lost, of one, where they do."""
GIVE_UP_AFTER = 60
EPOCH_CHANGED = "epoch_changed"


class Handset:
    """One worker's phone over some dates."""

    def __init__(  # noqa: PLR0913 - a handset is all of these
        self,
        login: Login,
        tally: Tally,
        plans: Sequence[Plan],
        posts: Sequence[Post],
        seed: int,
        *,
        shelf: Shelf | None = None,
        pause: timedelta = EVERY_MINUTE,
    ) -> None:
        self.login, self.tally, self.plans, self.posts = login, tally, plans, posts
        self.phone = login.credentials.phone
        self.seed, self.pause = seed, pause
        self.chance = chance_of(seed, "network", self.phone)
        self.mornings = Mornings(login, tally, seed, shelf or Shelf())
        self.sender = Sender(login, tally, chance_of(seed, "photos", self.phone))
        self.anchors: dict[Boot, Anchor] = {}
        self.epoch: str | None = None
        self.failures = 0
        self.begun = 0
        """How many dates have had their morning."""
        self.until: datetime | None = None
        self.boots = [boots_of(plan, self.phone, seed) for plan in plans]
        self.items: list[Captured] = []
        self.photos: list[Photo] = []
        for number, plan in enumerate(plans):
            self._capture(plan.records, number)
        tracks = chain.from_iterable(batches(plan, self.phone, seed) for plan in plans)
        self.batches: list[Batch] = sorted(tracks, key=lambda batch: batch.ready)

    def _capture(self, records: Iterable[Record], number: int) -> None:
        """Records of a date wait from now on, with the photos that were taken."""
        plan = self.plans[number]
        shown = [self._photographed(each, plan) if each.photographed else each for each in records]
        for item in captured(shown, plan, self.boots[number]):
            if self.until is None or item.ready <= self.until:
                self.items.append(item)
                self.mornings.shelf.note(item, self.phone)
        self.items.sort(key=lambda item: item.record.at)

    def _photographed(self, record: Record, plan: Plan) -> Record:
        chance = chance_of(self.seed, "photo", record.id)
        shaky = plan.faults.offline or plan.faults.resends
        photo = taken(record.at, chance, shaky=shaky)
        if self.until is None or record.at <= self.until:
            self.photos.append(photo)
        return replace(record, body={**record.body, "photos": [photo.sha256]})

    def forget_after(self, moment: datetime) -> None:
        """What would be captured later is not captured at all."""
        self.until = moment
        self.items = [item for item in self.items if item.ready <= moment]
        self.batches = [batch for batch in self.batches if batch.ready <= moment]

    @property
    def left(self) -> int:
        """How much waits or is yet to be captured."""
        return len(self._unsettled())

    @property
    def made(self) -> int:
        """How much was captured so far, or is planned."""
        return len(self._everything())

    def _everything(self) -> list[Captured | Batch | Photo]:
        return [*self.items, *self.batches, *self.photos]

    def _unsettled(self) -> list[Captured | Batch | Photo]:
        return [each for each in self._everything() if not each.settled]

    def next_contact(self, after: datetime) -> datetime | None:
        """The next morning, or turn with network and something to send; None when all is done."""
        if self.failures > GIVE_UP_AFTER:
            return None
        first = min((each.ready for each in self._unsettled()), default=None)
        sends = None if first is None else self._reached(pause_after(max(first, after), self.pause))
        morning = self._morning()
        wakes = None if morning is None else minute_after(max(morning, after))
        return min((moment for moment in (sends, wakes) if moment is not None), default=None)

    def _morning(self) -> datetime | None:
        """When the next date begins that has not had its morning."""
        return begins(self.plans[self.begun].day) if self.begun < len(self.plans) else None

    def _reached(self, moment: datetime) -> datetime:
        """The first turn from here on with network."""
        for plan in self.plans:
            moment = pause_after(plan.reachable(moment), self.pause)
        return moment

    async def contact(self, moment: datetime) -> None:
        """Send what waits: records, photos, fixes; what fails for one never holds up the others."""
        network = all(plan.reachable(moment) == moment for plan in self.plans)
        while (morning := self._morning()) is not None and morning <= moment:
            await self._begin(network=network)
        if not network:
            return
        parts = (self._anchor, self._records, self._photos, self._tracks)
        done = [await self._tried(part(moment)) for part in parts]
        self.failures = 0 if all(done) else self.failures + 1
        if self.failures > GIVE_UP_AFTER:
            self.tally.surprise(f"{self.phone}: gave up with {self.left} waiting")

    async def _begin(self, *, network: bool) -> None:
        """A date's morning."""
        number, self.begun = self.begun, self.begun + 1
        plan, post = self.plans[number], self.posts[number]
        self._capture(await self.mornings.records(plan, post, network=network), number)

    async def _tried(self, part: Coroutine[Any, Any, None]) -> bool:
        """Whether a part was done; what was not is tried again at the next contact."""
        try:
            await part
        except Unreachable as unreachable:
            await self.login.times.come_again(unreachable.again_after_s)
            return False
        except Refused as refused:
            if refused.code != EPOCH_CHANGED:
                self.tally.surprise(f"{self.phone}: {refused}")
                return False
            self.send_all_again()
        return True

    def send_all_again(self) -> None:
        """The server went back to a backup: it may have lost what it answered for."""
        self.epoch = None
        for item in self.items:
            item.settled, item.first = False, None
        for batch in self.batches:
            batch.settled, batch.first = False, None
        for photo in self.photos:
            photo.settled, photo.location = False, None

    async def _records(self, moment: datetime) -> None:
        """All that waits, so many at once as push takes."""
        items = self._waiting_items(moment)
        limit = FEW if any(item.plan.faults.offline for item in items) else PUSH_LIMIT
        for first in range(0, len(items), limit):
            await self._push(moment, items[first : first + limit])

    def _waiting_items(self, moment: datetime) -> list[Captured]:
        """In order; after hours without network in any order, but for the sign-ins."""
        waiting = [item for item in self.items if item.ready <= moment and not item.settled]
        if not any(item.plan.faults.offline for item in waiting):
            return waiting
        sign_ins = [item for item in waiting if item.record.kind == "check_in"]
        others = [item for item in waiting if item.record.kind != "check_in"]
        self.chance.shuffle(others)
        return [*sign_ins, *others]

    async def _photos(self, moment: datetime) -> None:
        """Photo by photo; one that is cut off goes on at the next contact."""
        for photo in self.photos:
            if photo.ready <= moment and not photo.settled:
                await self.sender.send(photo)

    async def _tracks(self, moment: datetime) -> None:
        """Batch by batch."""
        for batch in self._waiting_batches(moment):
            await self._send(batch)

    def _waiting_batches(self, moment: datetime) -> list[Batch]:
        """In order; after hours without network in any order."""
        waiting = [each for each in self.batches if each.ready <= moment and not each.settled]
        if any(batch.plan.faults.offline for batch in waiting):
            self.chance.shuffle(waiting)
        return waiting

    def _state(self, moment: datetime) -> tuple[Plan, Boot]:
        """The plan of the date, or the last one; and the run of the clock."""
        begun = [place for place, boots in enumerate(self.boots) if boots[0].since <= moment]
        boots = [boot for boot in self.boots[begun[-1]] if boot.since <= moment]
        return self.plans[begun[-1]], boots[-1]

    async def _anchor(self, moment: datetime) -> None:
        """One for each run of the monotonic clock."""
        plan, boot = self._state(moment)
        if boot in self.anchors or not plan.anchored:
            return
        asked = {"boot_id": str(boot.id)}
        answer = await self.login.ask("POST", "/v1/time-anchors", json=asked)
        server_time = datetime.fromisoformat(answer["server_time"])
        self.anchors[boot] = Anchor(answer["anchor"], boot.elapsed_ms(server_time))

    async def _send(self, batch: Batch) -> None:
        """A batch is settled by the first answer that arrives."""
        answer = await self.login.ask("POST", "/v1/tracks", json=batch.body())
        batch.received_at = batch.received_at or self.login.times.now()
        judge_track(batch, answer, self.tally)
        batch.settled = batch.first is not None or not self._loses(batch.plan)
        batch.first = answer

    async def _push(self, moment: datetime, items: Sequence[Captured]) -> None:
        """Up to 200 records; the same ones again, word for word, when the answer is lost."""
        plan, boot = self._state(moment)
        now = self.login.times.now()
        sent = [*items, items[0]] if plan.faults.duplicates else items
        body: dict[str, Any] = {
            "batch_id": str(key_at(moment, self.chance)),
            "sent_at": (now + plan.clock_error).isoformat(),
            "boot_id": str(boot.id),
            "elapsed_ms": boot.elapsed_ms(now),
            "items": [self.spoken(item) for item in sent],
        }
        if self.epoch is not None:
            body["server_epoch"] = self.epoch
        await self._deliver(sent, body)
        if self._loses(plan):
            await self._deliver(sent, body)

    async def _deliver(self, sent: Sequence[Captured], body: dict[str, Any]) -> None:
        """One request, and every result counted."""
        packed = gzip.compress(json.dumps(body).encode(), mtime=0)
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        answer = await self.login.ask("POST", "/v1/push", content=packed, headers=headers)
        self.epoch = answer["server_epoch"]
        if len(answer["results"]) != len(sent):
            self.tally.surprise(f"{len(sent)} items sent, {len(answer['results'])} results")
        for item, result in zip(sent, answer["results"], strict=False):
            item.settled = judge_result(item, result, item.first, self.tally)
            if item.first is None or item.first["status"] in UNDECIDED:
                item.first = result
            item.again_at = None if item.settled else self.login.times.now() + HELD_FOR
            item.received_at = item.received_at or self.login.times.now()

    def spoken(self, item: Captured) -> dict[str, Any]:
        """A record as push takes it, with the anchor of its run of the monotonic clock."""
        anchor = self.anchors.get(item.boot)
        return {
            "id": str(item.record.id),
            "kind": item.record.kind,
            "captured_at": item.wall_clock.isoformat(),
            "boot_id": str(item.boot.id),
            "elapsed_ms": item.boot.elapsed_ms(item.record.at),
            "anchor": anchor
            and {
                "token": anchor.token,
                "boot_id": str(item.boot.id),
                "elapsed_ms": anchor.elapsed_ms,
            },
            "body": item.record.body,
        }

    def _loses(self, plan: Plan) -> bool:
        return plan.faults.resends and self.chance.random() < LOST
