"""Records as workers collect them and the administrator treats them, for the tests of this folder
and of the API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, Record, RecordVersion
from app.kit.ids import uuid7
from app.people.principal import Principal
from app.registry import entering
from app.registry.collecting import Collected, record_collection
from app.registry.fields import check_digit
from app.registry.schemas import CollectionIn
from app.registry.versions import standing
from tests.attendance.facts import Handset, acting, at
from tests.city import HEIGHT, SOUTH, WEST, WIDTH, City

GRID = "510185001001001"
NEIGHBOUR = "510185001001002"
ELSEWHERE = "510185001002001"
NAME, PHONE = "欧阳明珠", "13855550001"
ADDRESS = "雄州大道 188 号 3 栋 402"


def id_number(serial: int = 1, born: str = "19900101") -> str:
    """An identity number that passes its own check."""
    seventeen = f"510185{born}{serial:03d}"
    return seventeen + check_digit(seventeen)


IDENTITY = id_number()


def middle_of(column: int = 0) -> dict[str, float]:
    """The middle of the grid in a column of the small city's row."""
    return {"lon": round(WEST + (column + 0.5) * WIDTH, 6), "lat": round(SOUTH + HEIGHT / 2, 6)}


def person(**changes: Any) -> dict[str, Any]:
    """A person's fields; None takes one out."""
    said = {
        "name": NAME,
        "identity_number": IDENTITY,
        "phone": PHONE,
        "address": ADDRESS,
        "residence": "permanent",
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def home(**changes: Any) -> dict[str, Any]:
    """A home's fields."""
    return {"address": ADDRESS, "use": "home", "point": middle_of()} | changes


def collection(record_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
    """The body of a first collection of a person, submitted."""
    body = {
        "record_id": str(record_id or uuid7(datetime(2026, 3, 18, tzinfo=UTC))),
        "kind": "person",
        "form_version": 2,
        "fields": person(),
        "submit": True,
        "reason": "入户采集",
    }
    made: dict[str, Any] = body | changes
    if made["kind"] in {"matter", "thing", "organisation"} and "form_version" not in changes:
        made["form_version"] = 1
    return made


@dataclass
class Desk:
    """Workers' handsets and the administrator of the first community, at set times."""

    db: Session
    city: City
    handsets: dict[str, Handset] = field(default_factory=dict)

    def handset(self, grid: str = GRID) -> Handset:
        """A worker's handset."""
        if grid not in self.handsets:
            self.handsets[grid] = Handset(self.db, self.city, grid)
        return self.handsets[grid]

    @property
    def administrator(self) -> Principal:
        """The community's information administrator."""
        return acting(self.db, self.city, "information_administrator")

    def collect(
        self,
        record_id: UUID | None = None,
        when: datetime | None = None,
        who: str = GRID,
        item: UUID | None = None,
        **changes: Any,
    ) -> Collected:
        """An edit from a handset."""
        capture = self.handset(who).captured(when or at("10:00"), key=item)
        body = CollectionIn.model_validate(collection(record_id, **changes))
        collected = record_collection(self.db, capture, body)
        self.db.flush()
        return collected

    def entered(self, when: datetime | None = None, **changes: Any) -> Record:
        """A record collected and entered at the same moment."""
        moment = when or at("10:00")
        record = self.collect(when=moment, **changes).record
        return entering.enter_record(self.db, self.administrator, record.id, moment)

    def says(self, record: Record) -> dict[str, Any]:
        """What a record says now."""
        self.db.flush()
        return standing(self.db, record)

    def versions(self, record: Record) -> list[RecordVersion]:
        """Its versions in order."""
        rows = select(RecordVersion).where(RecordVersion.record_id == record.id)
        return list(self.db.scalars(rows.order_by(RecordVersion.number)))

    def events(self, record: Record) -> list[tuple[str, dict[str, Any]]]:
        """What was done with a record, in order."""
        self.db.flush()
        rows = self.db.scalars(
            select(OutboxEvent)
            .where(OutboxEvent.subject_id == str(record.id), OutboxEvent.subject_kind == "record")
            .order_by(OutboxEvent.id)
        )
        return [(row.name, row.facts) for row in rows]
