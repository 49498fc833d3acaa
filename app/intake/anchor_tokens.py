"""Time anchors: a server time, signed for one handset, that later proves when a record was made."""

from datetime import UTC, datetime, timedelta

from jose import JWTError, jwt

from app.intake.carrier import Carrier
from app.intake.items import AnchorIn
from app.kit.secrets import derive
from app.rules.trusted_time import Anchor

LIFETIME = timedelta(days=14)
ALGORITHM = "HS256"
TYPE = "anchor+jwt"
AUDIENCE = "jianyang-grid-anchor"
REQUIRED = {f"require_{claim}": True for claim in ("aud", "sub")}
JUDGED_BY_US = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf")}


def issue_anchor(secret: bytes, carrier: Carrier, boot_id: str | None, now: datetime) -> str:
    """A token that only this account and device can use, and only as an anchor."""
    claims = {
        "aud": AUDIENCE,
        "sub": str(carrier.account_id),
        "device": str(carrier.device_id),
        "boot": boot_id,
        "ms": int(now.timestamp() * 1000),
    }
    key = derive(secret, TYPE)
    return str(jwt.encode(claims, key, algorithm=ALGORITHM, headers={"typ": TYPE}))


def read_anchor(
    secret: bytes, carrier: Carrier, sent: AnchorIn, item_boot_id: str | None
) -> Anchor | None:
    """The anchor if we signed it for this handset, and not too long ago; else it proves nothing.

    The boot is the one the token was asked for in, else the one the record names for its anchor,
    else the record's own: a handset keeps no anchor beyond a boot.
    """
    try:
        claims = jwt.decode(
            sent.token,
            derive(secret, TYPE),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options=REQUIRED | JUDGED_BY_US,
        )
        if jwt.get_unverified_header(sent.token).get("typ") != TYPE:
            return None
        owner = (claims["sub"], claims["device"])
        server_time = datetime.fromtimestamp(claims["ms"] / 1000, UTC)
    except (JWTError, KeyError, TypeError, ValueError, OverflowError, AttributeError):
        return None
    if owner != (str(carrier.account_id), str(carrier.device_id)):
        return None
    boot_id = claims.get("boot") or sent.boot_id or item_boot_id
    if boot_id is None or carrier.now - server_time > LIFETIME:
        return None
    return Anchor(server_time, sent.elapsed_ms, boot_id)
