"""A station's records over HTTP: collected on handsets, treated at the desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from httpx import Response
from typing_extensions import override

from app.db.models import Record
from tests.api.station import StationDay
from tests.registry.collected import Desk

ADMINISTRATOR = "information_administrator"


@dataclass
class RecordsDesk(StationDay):
    """Calls of the API, and records that are there before."""

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.desk = Desk(self.db, self.client.city)

    def collected(self, when: datetime | None = None, **changes: Any) -> UUID:
        """A record from a handset, committed."""
        record = self.desk.collect(when=when, **changes).record
        self.db.commit()
        return record.id

    def edited(self, record_id: UUID, **changes: Any) -> None:
        """A change from a handset, committed."""
        self.desk.collect(record_id, **changes)
        self.db.commit()

    def entered(self, when: datetime | None = None, **changes: Any) -> UUID:
        """A record that is entered, committed."""
        record_id = self.desk.entered(when, **changes).id
        self.db.commit()
        return record_id

    def merge(self, merged: UUID, kept: UUID) -> None:
        """One record became part of another."""
        self.db.get_one(Record, merged).merged_into = kept
        self.db.commit()

    def end(self, record_id: UUID, day: str = "2026-03-18") -> Response:
        """The administrator ends a record."""
        return self.post(ADMINISTRATOR, f"/records/{record_id}/end", end(day))

    def patch(self, who: str, path: str, body: dict[str, Any]) -> Response:
        """Correct."""
        headers = self.client.as_(who)
        answer: Response = self.client.http.patch(f"/v1{path}", headers=headers, json=body)
        return answer


def end(day: str = "2026-03-18") -> dict[str, Any]:
    """The body that ends a record."""
    return {"ended_on": day, "reason": "搬离"}
