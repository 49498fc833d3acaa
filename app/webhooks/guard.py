"""Outbound requests reach no address inside our own networks (INT-2).

What is judged is the address that is connected to, after the name was resolved, so an answer of
the name service that changes between saving and sending gains nothing. `ipaddress.is_global`
takes several inward addresses for global ones; the lists here are explicit.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Executor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore
from httpcore import SOCKET_OPTION, AsyncNetworkBackend, AsyncNetworkStream
from typing_extensions import override

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name."""

DENIED = tuple(
    ip_network(cidr)
    for cidr in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
"""Private, loopback, link-local, multicast, documentation, carrier, translated and tunnelled."""
NEVER = tuple(
    ip_network(cidr)
    for cidr in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128")
) + tuple(ip_network(cidr) for cidr in ("fe80::/10", "ff00::/8"))
"""No allow-list opens these: services of the machine's own host answer there."""
GLOBAL_UNICAST = IPv6Network("2000::/3")
CONNECTIONS_TRIED = 4
"""Of a name's addresses."""


class RefusedAddress(httpcore.ConnectError):
    """The name leads inward, or to a plain connection outside the allow-list."""


def canonical(address: str) -> Address:
    """An address, IPv4 written as IPv6 as what it is; raises ValueError."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def within(address: Address, cidrs: Iterable[str]) -> bool:
    """Whether an address lies in one of some networks."""
    return any(address in ip_network(cidr, strict=False) for cidr in cidrs)


def denied(address: str, allow: Sequence[str] = ()) -> bool:
    """Whether an address must not be connected to, given what an endpoint may reach beyond."""
    found = canonical(address)
    if any(found in network for network in NEVER):
        return True
    if within(found, allow):
        return False
    if isinstance(found, IPv6Address) and found not in GLOBAL_UNICAST:
        return True
    return any(found in network for network in DENIED)


def look_up(host: str, port: int) -> list[str]:
    """By the system's name service."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in answers]


def resolver(names: Executor, look_up: Callable[[str, int], list[str]] = look_up) -> Resolve:
    """The name service, asked in threads of its own: it may hang.

    Of many who ask for one name at once, one asks: a name without an answer holds one thread.
    """
    asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def resolve(host: str, port: int) -> Sequence[str]:
        loop, name = asyncio.get_running_loop(), (host, port)
        answer = asked.get(name)
        if answer is None or answer.get_loop() is not loop:
            answer = asked[name] = loop.run_in_executor(names, look_up, host, port)
            answer.add_done_callback(lambda _: asked.pop(name, None))
        # Whoever loses patience takes the answer from nobody else.
        return list(dict.fromkeys(await asyncio.shield(answer)))

    return resolve


class Guard(AsyncNetworkBackend):
    """Connects to addresses that an endpoint may reach, and to nothing else."""

    def __init__(
        self,
        resolve: Resolve,
        allow: Sequence[str] = (),
        *,
        plain: bool = False,
        beneath: AsyncNetworkBackend | None = None,
    ) -> None:
        self.resolve = resolve
        self.allow = allow
        self.plain = plain
        """Whether what is sent is not encrypted: then only the allow-list may be reached."""
        self.beneath = beneath or httpcore.AnyIOBackend()

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to the first address of the host that may be reached and answers."""
        options = None if socket_options is None else list(socket_options)
        failure: Exception = RefusedAddress(host)
        for address in (await self._reachable(host, port, timeout))[:CONNECTIONS_TRIED]:
            try:
                return await self.beneath.connect_tcp(
                    address, port, timeout, local_address, options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    @override
    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Never."""
        raise RefusedAddress(path)

    @override
    async def sleep(self, seconds: float) -> None:
        """Between tries."""
        await self.beneath.sleep(seconds)

    async def _reachable(self, host: str, port: int, seconds: float | None) -> list[str]:
        try:
            async with asyncio.timeout(seconds):
                addresses = await self._addresses(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(host) from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address of {host}") from error
        return [str(canonical(address)) for address in addresses if self._may_reach(address)]

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            return [str(canonical(host))]
        except ValueError:
            return await self.resolve(host, port)

    def _may_reach(self, address: str) -> bool:
        if self.plain and not within(canonical(address), self.allow):
            return False
        return not denied(address, self.allow)
