"""What is owed and paid by the server's word, beside what the handsets did themselves."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.table import Table

from mobile_contract.handset.places import QUARTERLY, period_end
from mobile_contract.handset.simulation import Cast

NO_KIND = "unregistered"


@dataclass(frozen=True)
class Paid:
    """A kind of visits over the dates of a simulation."""

    kind: str
    owed: int
    paid: int
    still_open: int
    made: int
    """Visits that the handsets made of this kind: a household's visit is of each of its kinds."""
    paying: int
    """Of those, periods that were paid by what the handsets were told. It is more than `paid` where
    a place was registered only after its period had closed: such a period owes nothing."""


async def coverage(cast: Cast) -> list[Paid]:
    """Kind by kind, of the periods that end between the first and the last date."""
    first, last = cast.days[0], cast.days[-1]
    asked = {"unit": cast.unit, "from": first.isoformat(), "to": whole(last).isoformat()}
    told = await cast.office.ask("GET", "/v1/coverage", params=asked)
    figures = {each["kind"]: each for each in told["kinds"]}
    made: Counter[str] = Counter()
    paying: set[tuple[str, str, str]] = set()
    for facts in _answers(cast):
        made.update({each["kind"] for each in facts["pays"]} or {NO_KIND})
        paying |= set(_paid(facts, first, whole(last)))
    count = Counter(kind for kind, _, _ in paying)
    return [
        Paid(
            kind,
            figures.get(kind, {}).get("owed", 0),
            figures.get(kind, {}).get("paid", 0),
            figures.get(kind, {}).get("open", 0),
            made[kind],
            count[kind],
        )
        for kind in sorted({*figures, *made, *count})
    ]


def whole(last: date) -> date:
    """The end of the last date's week, so that a week that has begun is shown."""
    return period_end("rental", last)


def _answers(cast: Cast) -> Iterator[dict[str, Any]]:
    """What was answered for each visit that was taken."""
    for handset in cast.handsets:
        for item in handset.items:
            facts = (item.first or {}).get("facts") or {}
            if item.record.kind == "visit" and "pays" in facts:
                yield facts


def _paid(facts: dict[str, Any], first: date, last: date) -> Iterator[tuple[str, str, str]]:
    for each in facts["pays"]:
        if each["by_this"] and first <= date.fromisoformat(each["last_day"]) <= last:
            yield each["kind"], each["target"], each["first_day"]


def table(found: Sequence[Paid]) -> Table:
    """One line per kind."""
    drawn = Table(title="Visits: what the server says, and what these handsets did")
    drawn.add_column("kind")
    for heading in ("owed", "paid", "open", "visits made", "paid by them"):
        drawn.add_column(heading, justify="right")
    for each in found:
        note = " (quarter)" if each.kind in QUARTERLY else ""
        figures = (each.owed, each.paid, each.still_open, each.made, each.paying)
        drawn.add_row(each.kind + note, *map(str, figures))
    return drawn
