"""How endpoints and their keys are spoken (INT-1, INT-2)."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from app.kit.schema import In, Line, Out, UnitCode
from app.outbox.catalogue import TEST, TYPES
from app.rules.delivery import EndpointState, Scheme, SecretUse
from app.rules.tasks import Platform
from app.webhooks.addresses import network, url_in

Example = dict[str, Any]
KEY = "0199d2f0-0000-7000-8000-000000000003"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105
ASKED_TO_TELL = ["incident.acted", "incident.card_drawn"]
SELECTABLE = sorted(set(TYPES) - {TEST})
OVERLAP_HOURS, LONGEST_OVERLAP_HOURS = 24, 168
OWN_HEADERS = frozenset(
    {"authorization", "connection", "content-encoding", "content-length", "content-type", "host",
     "transfer-encoding", "user-agent"}
)  # fmt: skip
"""Headers that every request has for another purpose."""


def _known(name: str) -> str:
    if name not in SELECTABLE:
        raise ValueError("must be a type of the catalogue")
    return name


def _without_repeats(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


EndpointUrl = Annotated[
    str,
    AfterValidator(url_in),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^https?://[!-~]+$",
            "maxLength": 2000,
            "description": "https; plain http only to addresses of the allow-list",
        }
    ),
]
Network = Annotated[
    str,
    Field(max_length=64),
    AfterValidator(network),
    WithJsonSchema({"type": "string", "maxLength": 64, "examples": ["10.21.0.0/16"]}),
]
EventTypeName = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": SELECTABLE})
]
EventTypeNames = Annotated[
    list[EventTypeName],
    Field(max_length=100, description="Empty: every type"),
    AfterValidator(_without_repeats),
]
Networks = Annotated[
    list[Network],
    Field(max_length=20, description="Private addresses that may be reached all the same"),
    AfterValidator(_without_repeats),
]
AtOnce = Annotated[int, Field(ge=1, le=64, description="How many deliveries may be under way")]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]
Visible = Annotated[str, Field(pattern=r"^[!-~]{1,400}$")]
SecretText = Annotated[
    str,
    Field(
        pattern=r"^[!-~]{1,400}$",
        description="As the platform gave it; without it one is made and shown once",
    ),
]


class HeaderNamesIn(In):
    """What the headers of hmac_header are called at a platform."""

    app_key: HeaderName = "X-App-Key"
    timestamp: HeaderName = "X-Timestamp"
    message_id: HeaderName = "X-Message-Id"
    signature: HeaderName = "X-Signature"

    @model_validator(mode="after")
    def _four_names(self) -> Self:
        names = {name.lower() for name in self.model_dump().values()}
        if len(names) < len(type(self).model_fields) or names & OWN_HEADERS:
            raise ValueError("must be four names, of headers that have no other use")
        return self


class CredentialsIn(In):
    """What a scheme needs beside its keys; goes in and is never shown again."""

    app_key: Visible | None = Field(default=None, description="hmac_header")
    headers: HeaderNamesIn | None = Field(default=None, description="hmac_header")
    token_url: EndpointUrl | None = Field(default=None, description="oauth")
    client_id: Visible | None = Field(default=None, description="oauth")
    client_secret: Visible | None = Field(default=None, description="oauth")
    scope: Annotated[str, Field(pattern=r"^[ -~]{1,400}$")] | None = Field(
        default=None, description="oauth"
    )


ASKED: Example = {
    "url": "https://platform.example.gov.cn/receive",
    "description": "大联动·微治理",
    "platform": "chengdu",
    "scheme": "standard_webhooks",
    "inbound_scheme": "standard_webhooks",
    "event_types": ASKED_TO_TELL,
    "unit_code": "510185",
    "allow_cidrs": ["10.21.0.0/16"],
    "at_once": 8,
}
SHOWN: Example = {
    **ASKED,
    "id": "0199d2f0-0000-7000-8000-000000000000",
    "credentials_given": [],
    "state": "active",
    "why_disabled": None,
    "failing_since": None,
    "failures": 0,
    "rests_until": None,
    "created_at": "2026-03-18T01:00:00Z",
    "retired_at": None,
}


class EndpointIn(In):
    """Somebody who is to be told."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASKED]})

    url: EndpointUrl
    description: Line
    platform: Platform | None = Field(default=None, description="Whose language is spoken")
    scheme: Scheme = Scheme.STANDARD_WEBHOOKS
    inbound_scheme: Scheme | None = Field(
        default=None, description="How the platform signs what it sends to us; not oauth"
    )
    credentials: CredentialsIn | None = None
    event_types: EventTypeNames = Field(default=[])
    unit_code: UnitCode | None = Field(
        default=None, description="Only what happens there; one's own unit without it"
    )
    allow_cidrs: Networks = Field(default=[])
    at_once: AtOnce = 8
    secret: SecretText | None = None
    inbound_secret: SecretText | None = None


CHANGE: Example = {"event_types": ASKED_TO_TELL}


class EndpointChangeIn(In):
    """What of an endpoint changes; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [CHANGE]})

    url: EndpointUrl | None = None
    description: Line | None = None
    credentials: CredentialsIn | None = Field(default=None, description="All of them anew")
    event_types: EventTypeNames | None = None
    unit_code: UnitCode | None = None
    allow_cidrs: Networks | None = None
    at_once: AtOnce | None = None


class EndpointOut(Out):
    """An endpoint and how it fares; never a secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [SHOWN]})

    id: UUID
    url: str
    description: str
    platform: Platform | None
    scheme: Scheme
    inbound_scheme: Scheme | None
    credentials_given: list[str] = Field(description="Which credentials it has, by their names")
    event_types: list[str]
    unit_code: str
    allow_cidrs: list[str]
    at_once: int
    state: EndpointState
    why_disabled: str | None
    failing_since: datetime | None
    failures: int = Field(description="In a row")
    rests_until: datetime | None
    created_at: datetime
    retired_at: datetime | None


class EndpointMadeOut(Out):
    """An endpoint as it was made, with the secrets that were made for it: shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"endpoint": SHOWN, "secret": SECRET, "inbound_secret": None}]
        }
    )

    endpoint: EndpointOut
    secret: str | None = Field(description="Signs what is sent to it; none where it was given")
    inbound_secret: str | None = Field(
        description="Signs what it sends to us; none where it was given"
    )


class EndpointPage(Out):
    """Some endpoints, the latest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [SHOWN], "next_cursor": None}]}
    )

    items: list[EndpointOut]
    next_cursor: str | None


class RotationIn(In):
    """A new key; those before it stay valid over the overlap."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"use": "outbound", "overlap_hours": 24}]}
    )

    use: SecretUse = SecretUse.OUTBOUND
    secret: SecretText | None = None
    overlap_hours: Annotated[int, Field(ge=0, le=LONGEST_OVERLAP_HOURS)] = OVERLAP_HOURS


KEY_SHOWN: Example = {
    "id": KEY,
    "use": "outbound",
    "created_at": "2026-03-18T01:00:00Z",
    "expires_at": "2026-03-19T01:00:00Z",
    "valid": True,
}


class WebhookKeyOut(Out):
    """A key without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [KEY_SHOWN]})

    id: UUID
    use: SecretUse
    created_at: datetime
    expires_at: datetime | None = Field(description="None: until it is replaced")
    valid: bool


class WebhookKeysOut(Out):
    """All keys of an endpoint, the newest first; those that expired too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [KEY_SHOWN]}]})

    items: list[WebhookKeyOut]


class WebhookKeyMadeOut(WebhookKeyOut):
    """A new key with the secret that was made for it: shown this once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**KEY_SHOWN, "expires_at": None, "secret": SECRET}]}
    )

    secret: str | None = Field(description="None where it was given")


class EndpointTestOut(Out):
    """The test event: its key is the webhook-id, its delivery is in the endpoint's list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"event_id": KEY}]})

    event_id: UUID
