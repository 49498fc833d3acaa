"""INT-2: what is told to the platforms is told at least once, in order, retried for days."""

from enum import StrEnum


class EndpointState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """Nothing is sent, and nothing is lost: deliveries wait."""
    DISABLED = "disabled"
    """Answered 410, or failed for days; events since then are told by a replay."""
    RETIRED = "retired"


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERING = "delivering"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    DEAD = "dead"


UNFINISHED = (DeliveryState.PENDING, DeliveryState.DELIVERING, DeliveryState.RETRYING)


class AttemptTrigger(StrEnum):
    AUTO = "auto"
    MANUAL = "manual"
    RECOVER = "recover"
    TEST = "test"


class Scheme(StrEnum):
    """How a message is authenticated."""

    STANDARD_WEBHOOKS = "standard_webhooks"
    HMAC_HEADER = "hmac_header"
    """HMAC-SHA256 in a header, with an app key and a timestamp."""
    OAUTH = "oauth"
    """OAuth 2 client credentials: a bearer token; only outward."""


class SecretUse(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class InboundState(StrEnum):
    """What became of a platform's message."""

    STORED = "stored"
    DONE = "done"
    STALE = "stale"
    """A later word on the same subject was taken before it came."""
    NOT_UNDERSTOOD = "not_understood"
    FAILED = "failed"
