"""Owed and paid, added up in one pass over the tallies of a range (VIS-8)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, cast, func, literal, select
from sqlalchemy.orm import Session

from app.db.models import NOBODY, VisitTally
from app.rules.visits import Count, VisitKind, cite_of
from app.visits.coverage_schemas import FiguresOut, KindFiguresOut
from app.visits.rulings import Closings


@dataclass(frozen=True)
class Figures:
    """What some tallies come to."""

    owed: int = 0
    paid: int = 0
    open: int = 0
    charged_to_nobody: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


ByKind = Mapping[VisitKind, Figures]


def summed(
    session: Session,
    key: ColumnElement[str],
    where: Iterable[ColumnElement[bool]],
    now: datetime,
) -> dict[str, ByKind]:
    """The figures of each key by kind."""
    unpaid = VisitTally.owed - VisitTally.paid
    closed_by = Closings(session).closed_by(now)
    rows = session.execute(
        select(
            key.label("key"),
            VisitTally.kind,
            func.sum(VisitTally.owed),
            func.sum(VisitTally.paid),
            func.coalesce(func.sum(unpaid).filter(VisitTally.last_day > closed_by), 0),
            func.coalesce(func.sum(unpaid).filter(VisitTally.worker_id == NOBODY), 0),
        )
        .where(*where)
        .group_by(key, VisitTally.kind)
    )
    found: dict[str, dict[VisitKind, Figures]] = defaultdict(dict)
    for name, kind, *figures in rows:
        found[name][kind] = Figures(*map(int, figures))
    return dict(found)


def within(first: date, last: date, unit_code: str) -> tuple[ColumnElement[bool], ...]:
    """The tallies of a unit whose periods end in a range; by the index made for it."""
    return (
        VisitTally.last_day.between(first, last),
        VisitTally.grid_code.op("~>=~", is_comparison=True)(unit_code),
        VisitTally.grid_code.op("~<~", is_comparison=True)(
            unit_code[:-1] + chr(ord(unit_code[-1]) + 1)
        ),
    )


def unit_key(digits: int) -> ColumnElement[str]:
    """The unit of so many digits that a tally belongs to."""
    return func.left(VisitTally.grid_code, literal(digits))


def worker_key() -> ColumnElement[str]:
    """The worker to whom a tally counts."""
    return cast(VisitTally.worker_id, String)


def total_by_kind(found: Iterable[ByKind]) -> dict[VisitKind, Figures]:
    """Several keys together."""
    total: dict[VisitKind, Figures] = defaultdict(Figures)
    for by_kind in found:
        for kind, figures in by_kind.items():
            total[kind] = total[kind] + figures
    return dict(total)


def whole(by_kind: ByKind) -> FiguresOut:
    """All kinds together."""
    return figures_out(sum(by_kind.values(), Figures()))


def figures_out(found: Figures) -> FiguresOut:
    """As they are shown."""
    unpaid = found.owed - found.paid
    share = Count(found.owed, found.paid).share
    return FiguresOut(
        owed=found.owed,
        paid=found.paid,
        share=None if share is None else round(share, 4),
        open=found.open,
        missed=unpaid - found.open,
        charged_to_nobody=found.charged_to_nobody,
    )


def kinds_out(by_kind: ByKind, day: date) -> list[KindFiguresOut]:
    """Kind by kind, in the regulation's order, with the clause each is owed by on a date."""
    return [
        KindFiguresOut(
            kind=kind,
            rule=cite_of(kind, day).rule,
            clause=cite_of(kind, day).clause,
            **figures_out(by_kind[kind]).model_dump(),
        )
        for kind in VisitKind
        if kind in by_kind
    ]
