"""A platform as tests play it: agreed on, it signs what it says."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    InboundMessage,
    Record,
    RecordVersion,
    WebhookEndpoint,
)
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.platforms.adapters import ADAPTERS
from app.platforms.inbound import store
from app.platforms.language import Language
from app.platforms.sayings import (
    CardSaid,
    LoginSaid,
    Message,
    ReceiptSaid,
    Said,
    StatusSaid,
)
from app.platforms.speaking import spoken
from app.rules.delivery import EndpointState, Scheme, SecretUse
from app.rules.exchange import MessageKind
from app.rules.information import RecordKind, RecordSource, RecordState
from app.rules.tasks import Platform
from app.webhooks.keys import add_key
from app.webhooks.schemes import headers_for
from tests.attendance.facts import GRID, at
from tests.city import City

SCHEMES = {
    Platform.CHENGDU: Scheme.STANDARD_WEBHOOKS,
    Platform.SICHUAN: Scheme.HMAC_HEADER,
}
SECRETS = {
    Scheme.STANDARD_WEBHOOKS: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    Scheme.HMAC_HEADER: "what-the-province-gave-us",
}
CREDENTIALS: Mapping[str, str] = {"app_key": "jianyang"}
KINDS: Mapping[type[Said], MessageKind] = {
    StatusSaid: MessageKind.STATUS,
    CardSaid: MessageKind.CARD,
    LoginSaid: MessageKind.LOGIN,
    ReceiptSaid: MessageKind.RECEIPT,
}


@dataclass
class Partner:
    """One of the two platforms; what it sends through `says` is stored at once."""

    db: Session
    city: City
    platform: Platform = Platform.CHENGDU
    scheme: Scheme = field(init=False)
    keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.scheme = SCHEMES[self.platform]

    @property
    def language(self) -> Language:
        """How it speaks."""
        return ADAPTERS[self.platform]

    def agree(self, since: datetime | None = None) -> WebhookEndpoint:
        """An endpoint with the key that it signs with."""
        now = since or at("06:00")
        office = self.db.scalars(
            select(Account.id).where(Account.phone == self.city.phones["system_administrator"])
        ).one()
        endpoint = WebhookEndpoint(
            id=uuid7(now),
            url="https://platform.example/receive",
            description=self.platform.value,
            platform=self.platform,
            scheme=self.scheme,
            inbound_scheme=self.scheme,
            credentials=dict(CREDENTIALS),
            event_types=[],
            unit_code="510185",
            allow_cidrs=[],
            state=EndpointState.ACTIVE,
            created_at=now,
            created_by=office,
        )
        self.db.add(endpoint)
        self.db.flush()
        add_key(self.db, endpoint.id, SecretUse.INBOUND, SECRETS[self.scheme], now)
        self.db.commit()
        return endpoint

    def signed(
        self, body: bytes, now: datetime, key: str, secret: str | None = None
    ) -> dict[str, str]:
        """The headers that prove a body."""
        secrets = [secret or SECRETS[self.scheme]]
        return headers_for(self.scheme, CREDENTIALS, secrets, key, now, body)

    def writes(self, said: Said, number: int = 1, said_at: datetime | None = None) -> bytes:
        """Something in its language."""
        return spoken(
            self.language, Message(KINDS[type(said)], number, said_at or at("10:00"), said)
        )

    def sends(self, body: bytes, now: datetime | None = None, key: str | None = None) -> int:
        """A body that is stored, proven; the key of its row."""
        now = now or at("10:00")
        key = key or f"msg_{self.platform}_{next(self.keys)}"
        stored = store(self.db, self.platform, self.signed(body, now, key), body, now)
        self.db.commit()
        return stored.message.id

    def says(
        self, said: Said, number: int = 1, now: datetime | None = None, key: str | None = None
    ) -> int:
        """Something that is stored, proven; the key of its row."""
        return self.sends(self.writes(said, number, now), now, key)

    def status(
        self, incident_id: UUID, state: str = "handling", result: str | None = None
    ) -> StatusSaid:
        """Where it has an event, by our word for it."""
        known = self.language.tables.standing_for("state", state)
        return StatusSaid(incident_id, known, "CD2026031801", result)

    def card(
        self,
        incident_id: UUID,
        fell_at: datetime,
        ref: str = "HP-1",
        tier: str = "grid",
        colour: str = "yellow",
    ) -> CardSaid:
        """A card that it drew."""
        tables = self.language.tables
        return CardSaid(
            incident_id,
            ref,
            tables.standing_for("colour", colour),
            tables.standing_for("tier", tier),
            fell_at,
        )

    def receipt(
        self, record_id: UUID, version: int, *, accepted: bool, code: str | None = None
    ) -> ReceiptSaid:
        """Its answer to a record."""
        word = "true" if accepted else "false"
        known = self.language.tables.standing_for("accepted", word)
        return ReceiptSaid(record_id, version, known, code)

    def record(self, versions: int = 1) -> UUID:
        """An information record of ours, entered, with so many versions."""
        account = self.db.scalars(
            select(Account).where(Account.phone == self.city.phones[GRID])
        ).one()
        now = at("09:00")
        record = Record(
            id=uuid7(now),
            kind=RecordKind.PLACE,
            community_code=GRID[:12],
            grid_code=GRID,
            worker_id=account.worker_id,
            state=RecordState.ENTERED,
            version=versions,
            entered_version=versions,
            collected_at=now,
        )
        self.db.add(record)
        self.db.flush()
        for number in range(1, versions + 1):
            self.db.add(
                RecordVersion(
                    record_id=record.id,
                    number=number,
                    form_version=1,
                    content={},
                    source=RecordSource.HANDSET,
                    account_id=account.id,
                    captured_at=now,
                    received_at=now,
                    day=civil_day(now),
                )
            )
        self.db.commit()
        return record.id

    def row(self, key: int) -> InboundMessage:
        """What is kept of a message."""
        self.db.rollback()
        return self.db.get_one(InboundMessage, key, populate_existing=True)
