"""Where an endpoint may lie, as far as the address itself tells (INT-2).

Names are not resolved here: what they lead to is judged when it is connected to (guard.py).
"""

import re
from collections.abc import Sequence
from ipaddress import ip_network
from urllib.parse import SplitResult, urlsplit

from app.webhooks.guard import canonical, denied, within
from app.webhooks.refusals import AddressRefused

LONGEST_NAME = 253
WRITTEN = re.compile(r"[!-~]{1,2000}")
NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")
NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
WIDEST = {4: 8, 6: 16}
"""The shortest prefix of an allowed network: an allow-list is no open door."""


def parsed(url: str) -> SplitResult:
    """An http or https address of a host; raises ValueError with what is wrong."""
    if not WRITTEN.fullmatch(url):
        raise ValueError("must be printable ASCII without spaces, at most 2000 characters")
    found = urlsplit(url)
    if found.scheme not in {"http", "https"}:
        raise ValueError("must begin with https:// (or http://)")
    if found.username is not None or found.password is not None:
        raise ValueError("must not contain a user name: credentials have a field of their own")
    if found.fragment or url.endswith("#"):
        raise ValueError("must not have a fragment")
    if found.port == 0:
        raise ValueError("must not have port 0")
    _check_host(found.hostname or "")
    return found


def _check_host(host: str) -> None:
    """An address literal or a name; a number in another disguise is neither."""
    if _literal(host) is not None:
        return
    last = host.rstrip(".").rpartition(".")[2]
    if len(host) > LONGEST_NAME or not NAME.fullmatch(host) or NUMBER.fullmatch(last):
        raise ValueError("must name a host")


def _literal(host: str) -> str | None:
    try:
        return str(canonical(host))
    except ValueError:
        return None


def url_in(text: str) -> str:
    """An address as it came in; raises ValueError."""
    parsed(text)
    return text


def network(cidr: str) -> str:
    """A network as it is written; raises ValueError where it is too wide or no network."""
    found = ip_network(cidr, strict=True)
    if found.prefixlen < WIDEST[found.version]:
        raise ValueError(f"must not be wider than /{WIDEST[found.version]}")
    return str(found)


def check_reach(url: str, allow_cidrs: Sequence[str]) -> None:
    """Raises AddressRefused for a literal address inside, and for plain HTTP beyond the allow-list.

    A government network may be spoken to in plain HTTP, as long as each address that its name
    leads to lies in the allow-list; what isn't encrypted goes nowhere else [reading].
    """
    found = parsed(url)
    literal = _literal(found.hostname or "")
    if literal is not None and denied(literal, allow_cidrs):
        raise AddressRefused(why="denied_address", host=found.hostname)
    if found.scheme == "https":
        return
    inside = bool(allow_cidrs) if literal is None else within(canonical(literal), allow_cidrs)
    if not inside:
        raise AddressRefused(why="not_encrypted", host=found.hostname)
