"""A message's raw content as it is kept: every byte of it, sealed (INT-1)."""

from base64 import b64decode, b64encode
from typing import Any

BASE64 = "base64"


def kept(body: bytes) -> str | dict[str, str]:
    """Text as it is; what is not UTF-8 in Base64."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {BASE64: b64encode(body).decode()}


def raw(found: Any) -> bytes:
    """The bytes that came."""
    return b64decode(found[BASE64]) if isinstance(found, dict) else str(found).encode()
