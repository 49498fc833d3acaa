"""Entered records of the small city, for tests of what is done with them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, Record
from app.kit.ids import uuid7
from app.people.principal import Principal
from app.registry.entering import correct_record, enter_paper
from app.registry.fields import check_digit
from app.registry.schemas import CorrectionOfRecordIn, PaperIn
from app.rules.information import RecordKind
from tests.attendance.facts import acting
from tests.city import SOUTH, WEST, City

GRID = "510185001001001"
NEIGHBOUR = "510185001001002"
ELSEWHERE = "510185001002001"
"""A grid of another community of the same township."""
FAR = "510185002001001"
"""A grid of another township."""
COMMUNITY = "510185001001"
COLLECTED = date(2026, 3, 10)
NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)


def identity_number(serial: int, born: str = "19900101") -> str:
    """A number that its check digit proves."""
    first = f"510185{born}{serial:03d}"
    return first + check_digit(first)


def person(serial: int = 1, **said: Any) -> dict[str, Any]:
    """What a form says of a person."""
    return {
        "name": f"刘某{serial}",
        "identity_number": identity_number(serial),
        "phone": f"1380000{serial:04d}",
        "address": f"河东新区雄州大道{serial}号",
        "residence": "permanent",
        **said,
    }


def home(serial: int = 1, **said: Any) -> dict[str, Any]:
    """What a form says of a home in the middle of the first grid."""
    return {
        "address": f"雄州大道{serial}号",
        "use": "home",
        "point": point(),
        "landlord_name": f"房东{serial}",
        **said,
    }


def point(east_m: float = 0) -> dict[str, float]:
    """In the first grid, so many metres east of a fixed place."""
    return {"lon": round(WEST + 0.002 + east_m / 96_000, 7), "lat": SOUTH + 0.0018}


def shop(serial: int = 1, **said: Any) -> dict[str, Any]:
    """What a form says of an organisation."""
    return {
        "name": f"好又多便利店{serial}店",
        "category": "shop",
        "address": f"东溪路{serial}号",
        "contact_name": "王掌柜",
        **said,
    }


@dataclass
class Registers:
    """The station's administrator at work."""

    db: Session
    city: City
    admins: dict[str, Principal] = field(default_factory=dict)

    def admin(self, community: str = COMMUNITY) -> Principal:
        """The information administrator, acting for a community."""
        if community not in self.admins:
            found = acting(self.db, self.city, "information_administrator")
            self.admins[community] = Principal(
                **{**vars(found), "unit_code": community}  # the city's only one, lent out
            )
        return self.admins[community]

    def enter(self, kind: RecordKind, said: dict[str, Any], grid: str = GRID) -> Record:
        """A record that is entered."""
        body = PaperIn(
            id=uuid7(NOW),
            kind=kind,
            form_version=2 if kind in {RecordKind.PERSON, RecordKind.PLACE} else 1,
            grid_code=grid,
            worker_id=self.city.workers[grid],
            collected_on=COLLECTED,
            fields=said,
        )
        record = enter_paper(self.db, self.admin(grid[:12]), body, NOW)
        self.db.flush()
        return record

    def person(self, serial: int = 1, grid: str = GRID, **said: Any) -> Record:
        """A person on record."""
        return self.enter(RecordKind.PERSON, person(serial, **said), grid)

    def home(self, serial: int = 1, grid: str = GRID, **said: Any) -> Record:
        """A home on record."""
        return self.enter(RecordKind.PLACE, home(serial, **said), grid)

    def shop(self, serial: int = 1, **said: Any) -> Record:
        """An organisation on record."""
        return self.enter(RecordKind.ORGANISATION, shop(serial, **said))

    def correct(self, record: Record, at: datetime = NOW, **said: Any) -> None:
        """The administrator puts something right."""
        body = CorrectionOfRecordIn(
            form_version=2 if record.kind in {RecordKind.PERSON, RecordKind.PLACE} else 1,
            base=record.version,
            fields=said,
            reason="更正",
        )
        correct_record(self.db, self.admin(record.community_code), record.id, body, at)
        self.db.flush()

    def facts(self, event: str) -> list[tuple[str, dict[str, Any]]]:
        """The subjects and facts of what happened under a name, in order."""
        self.db.flush()
        rows = self.db.execute(
            select(OutboxEvent.subject_id, OutboxEvent.facts)
            .where(OutboxEvent.name == event)
            .order_by(OutboxEvent.id)
        )
        return [(key, facts) for key, facts in rows]

    def everything_told(self) -> str:
        """All facts of all events, as text: in which nothing personal may stand."""
        self.db.flush()
        return str(self.db.scalars(select(OutboxEvent.facts)).all())


def keys(records: list[Record]) -> list[UUID]:
    """Their keys in order."""
    return sorted(record.id for record in records)
