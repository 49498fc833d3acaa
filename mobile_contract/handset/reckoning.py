"""Event by event: whether the server's state, acts and cards are what the simulation did."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.table import Table

from mobile_contract.handset.book import Answered, Book, Event
from mobile_contract.handset.civil import SHANGHAI
from mobile_contract.handset.logins import Login
from mobile_contract.handset.moves import TIERS, Stand, fits
from mobile_contract.handset.tally import Tally

Told = Mapping[str, Any]
NOT_ALLOWED = "incident.act_not_allowed"
EXCUSED = ("incident.extension_", "incident.grid_vacant", "incident.duplicate_unfit")
"""What an act that fits the event can still be refused for: it came too late, or somebody left."""
NOT_OURS = "platform_word"
COLOURS = ("yellow", "red")


@dataclass(frozen=True)
class Reckoned:
    """An event: how the simulation counts it, how the server tells it, and where they differ."""

    event: Event
    stand: Stand
    told: Told
    differences: Sequence[str]

    @property
    def acts(self) -> int:
        """How many acts there are by our count, the report among them."""
        return 1 + len(self.event.done)

    @property
    def refused(self) -> int:
        """How many acts were refused."""
        return sum(each.number is None for each in self.event.answered)

    @property
    def agrees(self) -> bool:
        """Whether the server says what the simulation did."""
        return not self.differences


async def reckon(book: Book, centre: Login) -> list[Reckoned]:
    """Every event that the server took."""
    events = list(book.known())
    told = await asyncio.gather(
        *(centre.ask("GET", f"/v1/incidents/{event.id}") for event in events)
    )
    return [compared(event, each) for event, each in zip(events, told, strict=True)]


def compared(event: Event, told: Told) -> Reckoned:
    """One event."""
    stands = list(event.stands())
    differences = [*_state(stands[-1], told), *_acts(event, told), *_illegal(event, stands)]
    differences += [*_refusals(event, stands), *_cards(told)]
    return Reckoned(event, stands[-1], told, differences)


def _state(stand: Stand, told: Told) -> Iterator[str]:
    held = {hold["tier"] for hold in told["holds"]}
    pairs = {
        "state": (stand.state, told["state"]),
        "held by": (sorted(stand.held), sorted(held)),
        "score": (stand.score, told["score"]),
        "reopened": (stand.reopened, told["reopened"]),
    }
    for name, (ours, theirs) in pairs.items():
        if ours != theirs:
            yield f"{name}: {ours} by what was done, {theirs} by the server"


def _acts(event: Event, told: Told) -> Iterator[str]:
    """The same acts in the same order; a platform's word in between is its own."""
    ours = [each.id for each in event.done]
    theirs = [act["id"] for act in told["acts"][1:] if act["act"] != NOT_OURS]
    if ours != theirs:
        yield f"acts: {ours} were done, the server has {theirs}"
    numbers = [act["number"] for act in told["acts"]]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"acts are numbered {numbers}"


def _illegal(event: Event, stands: Sequence[Stand]) -> Iterator[str]:
    """Acts that were taken although they did not fit."""
    for stand, each in zip(stands, event.done, strict=False):
        if not fits(stand, each.said):
            yield f"{each.said} was taken while {stand.state}, held by {sorted(stand.held)}"


def _refusals(event: Event, stands: Sequence[Stand]) -> Iterator[str]:
    """Acts that were refused although they fitted, or for another reason than they deserve."""
    for each in event.answered:
        if each.number is None and not _deserved(each, stands):
            yield f"{each.said} was refused: {each.code} {dict(each.facts)}"


def _deserved(refused: Answered, stands: Sequence[Stand]) -> bool:
    """Whether the event stood at some time as the refusal says, and the act did not fit then."""
    code, facts = refused.code or "", refused.facts
    if code.startswith(EXCUSED):
        return True
    if code != NOT_ALLOWED or refused.said.act in facts["allowed"]:
        return False
    held = [tier for tier in TIERS if tier in facts["held_by"]]
    then = [
        stand
        for stand in stands
        if stand.state == facts["state"] and [t for t in TIERS if t in stand.held] == held
    ]
    return any(not fits(stand, refused.said) for stand in then)


def _cards(told: Told) -> Iterator[str]:
    """A hold that ended after its instants has the cards; none has one that fell before them."""
    drawn: defaultdict[str | None, set[str]] = defaultdict(set)
    for card in told["cards"]:
        drawn[card["hop_id"]].add(card["colour"])
    for hop in told["hops"]:
        if hop["ended_at"] is None:
            continue
        ended = datetime.fromisoformat(hop["ended_at"])
        for colour in COLOURS:
            falls = datetime.fromisoformat(hop[f"{colour}_at"])
            if falls < ended and colour not in drawn[hop["hop_id"]]:
                yield f"{hop['tier']} has no {colour} card, due {falls}, ended {ended}"


def table(found: Sequence[Reckoned]) -> Table:
    """One line per state."""
    drawn = Table(title="Events: what these handsets and offices did, and what the server says")
    drawn.add_column("state")
    for heading in ("events", "major", "acts", "acts told", "refused", "cards", "agree"):
        drawn.add_column(heading, justify="right")
    by_state: defaultdict[str, list[Reckoned]] = defaultdict(list)
    for each in found:
        by_state[each.stand.state].append(each)
    for state, rows in sorted(by_state.items()):
        figures = (
            len(rows),
            sum(each.stand.major for each in rows),
            sum(each.acts for each in rows),
            sum(len(each.told["acts"]) for each in rows),
            sum(each.refused for each in rows),
            sum(len(each.told["cards"]) for each in rows),
            sum(each.agrees for each in rows),
        )
        drawn.add_row(state, *map(str, figures))
    return drawn


def note(found: Sequence[Reckoned], tally: Tally) -> None:
    """Every difference is a contradiction."""
    for each in found:
        for difference in each.differences:
            tally.surprise(f"event {each.event.id}: {difference}")


def event_cases(found: Sequence[Reckoned]) -> list[dict[str, Any]]:
    """What was done to each event, and what both sides make of it."""
    return [
        {
            "name": f"event {each.event.id}",
            "report": each.event.report.record.body,
            "acts": [asdict(act.said) for act in each.event.done],
            "refused": [
                asdict(act.said) | {"code": act.code}
                for act in each.event.answered
                if act.number is None
            ],
            "counted": {"state": each.stand.state, "acts": each.acts},
            "told": {"state": each.told["state"], "acts": len(each.told["acts"])},
            "differences": list(each.differences),
        }
        for each in found
    ]


def card_cases(found: Sequence[Reckoned]) -> Iterator[dict[str, Any]]:
    """Each hold of each event, for `judge` to compute its instants from when it arrived."""
    for each in found:
        for hop in each.told["hops"]:
            yield card_case(each.told, hop)


def card_case(told: Told, hop: Told) -> dict[str, Any]:
    """A hold: by the default hours of its tier, or by those that the centre set."""
    inputs = hop["clocks"][-1]["inputs"]
    own = {"tier": hop["tier"]} if inputs["policy"] is None else {"hours": inputs["hours"]}
    expected: dict[str, Any] = {name: civil(hop[f"{name}_at"]) for name in ("due", *COLOURS)}
    case = {
        "name": f"event {told['id']} at the {hop['tier']} from {civil(hop['arrived_at'])}",
        "severity": inputs["severity"],
        "extension": inputs["extended_h"],
        "arrived": civil(hop["arrived_at"]),
        **own,
    }
    if hop["ended_at"] is None:
        return case | {"expect": expected}
    drawn = [card for card in told["cards"] if card["hop_id"] == hop["hop_id"]]
    if not any(card["questioned"] for card in drawn):
        expected["cards"] = sorted((card["colour"] for card in drawn), key=COLOURS.index)
    return case | {"ended": civil(hop["ended_at"]), "expect": expected}


def civil(told: str) -> str:
    """An instant as the city's clocks show it."""
    return datetime.fromisoformat(told).astimezone(SHANGHAI).isoformat()
