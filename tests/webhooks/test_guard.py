"""INT-2: what is sent out reaches no address inside."""

import asyncio
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_network

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from app.webhooks.guard import DENIED, Guard, RefusedAddress, canonical, denied, resolver

INWARD = [
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
]
OUTWARD = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "128.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "::ffff:1.1.1.1",
    "2400:3200::1",
    "2606:4700::1111",
]


@pytest.mark.parametrize("address", INWARD)
def test_int_2_inward_addresses_are_denied(address: str) -> None:
    assert denied(address)


@pytest.mark.parametrize("address", OUTWARD)
def test_int_2_public_addresses_are_not(address: str) -> None:
    assert not denied(address)


@pytest.mark.parametrize(
    ("address", "allow", "expected"),
    [
        ("10.5.0.1", ["10.5.0.0/16"], False),
        ("::ffff:10.5.0.1", ["10.5.0.0/16"], False),
        ("10.6.0.1", ["10.5.0.0/16"], True),
        ("127.0.0.1", ["127.0.0.0/8"], False),
        ("fd12::1", ["fd12::/16"], False),
        ("fd13::1", ["10.0.0.0/8", "fd12::/16"], True),
        ("169.254.169.254", ["169.254.0.0/16", "0.0.0.0/0"], True),
        ("fe80::1", ["::/0"], True),
        ("0.0.0.0", ["0.0.0.0/0"], True),  # noqa: S104
        ("224.0.0.1", ["0.0.0.0/0"], True),
    ],
)
def test_int_2_an_endpoint_s_networks_may_be_reached_but_never_the_host_s_own(
    address: str, allow: list[str], expected: bool
) -> None:
    assert denied(address, allow) is expected


@given(st.ip_addresses(v=4))
def test_int_2_an_address_and_its_form_as_ipv6_are_judged_alike(address: IPv4Address) -> None:
    assert denied(f"::ffff:{address}") == denied(str(address))
    inward = any(address in network for network in DENIED)
    assert denied(str(address)) == inward


@given(st.ip_addresses(v=6))
def test_int_2_beyond_global_unicast_everything_is_denied(address: IPv6Address) -> None:
    if canonical(str(address)).version == 6 and address not in ip_network("2000::/3"):
        assert denied(str(address))


class Connected(Exception):
    """Stands for a connection that was made."""


class Wire(httpcore.AsyncNetworkBackend):
    """Records where it was to connect; `dead` addresses don't answer."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead
        self.asked: list[str] = []

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.asked.append(host)
        if host in self.dead:
            raise httpcore.ConnectError
        raise Connected(host)


def connect(
    answers: Sequence[str], *dead: str, allow: Sequence[str] = (), plain: bool = False
) -> tuple[list[str], type[BaseException]]:
    """Where a connection to a name with these addresses went, and how it ended."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return answers

    wire = Wire(*dead)
    guard = Guard(resolve, allow, plain=plain, beneath=wire)
    with pytest.raises((Connected, httpcore.ConnectError)) as ended:
        asyncio.run(guard.connect_tcp("hooks.example", 443, timeout=5))
    return wire.asked, ended.type


@pytest.mark.parametrize("inward", ["127.0.0.1", "10.0.0.1", "::1", "::ffff:192.168.0.1"])
def test_int_2_a_name_that_resolves_inward_is_refused_at_connect(inward: str) -> None:
    assert connect([inward]) == ([], RefusedAddress)
    assert connect([inward, "1.1.1.1"]) == (["1.1.1.1"], Connected)


def test_int_2_the_next_address_is_tried_when_one_does_not_answer() -> None:
    asked, ended = connect(["1.1.1.1", "10.0.0.1", "1.0.0.1"], "1.1.1.1")
    assert (asked, ended) == (["1.1.1.1", "1.0.0.1"], Connected)
    asked, ended = connect(["1.1.1.1"], "1.1.1.1")
    assert (asked, ended) == (["1.1.1.1"], httpcore.ConnectError)


@pytest.mark.parametrize(("allow", "ended"), [([], RefusedAddress), (["1.1.1.0/24"], Connected)])
def test_int_2_unencrypted_only_within_the_allow_list(
    allow: list[str], ended: type[BaseException]
) -> None:
    assert connect(["1.1.1.1"], allow=allow, plain=True)[1] is ended


def test_int_2_literal_addresses_are_judged_too() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host, port)

    for literal in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        wire = Wire()
        with pytest.raises(RefusedAddress):
            asyncio.run(Guard(never, beneath=wire).connect_tcp(literal, 443))
        assert wire.asked == []


@pytest.mark.parametrize("failure", [OSError("no such name"), UnicodeError("label too long")])
def test_int_2_a_name_without_addresses_is_a_failed_connection(failure: Exception) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        raise failure

    with pytest.raises(httpcore.ConnectError) as ended:
        asyncio.run(Guard(resolve, beneath=Wire()).connect_tcp("x.example", 443))
    assert ended.type is httpcore.ConnectError


def test_int_2_a_name_service_that_hangs_is_a_timeout() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return [host, str(port)]

    with pytest.raises(httpcore.ConnectTimeout):
        asyncio.run(Guard(resolve, beneath=Wire()).connect_tcp("x.example", 443, timeout=0.01))


def test_int_2_a_name_that_hangs_leaves_threads_for_other_names() -> None:
    answered = threading.Event()

    def look_up(host: str, port: int) -> list[str]:
        if host == "hangs.example":
            answered.wait(10)
        return ["1.1.1.1", "1.1.1.1", str(port)]

    async def many(names: ThreadPoolExecutor) -> list[Sequence[str]]:
        resolve = resolver(names, look_up)
        waiting = [asyncio.ensure_future(resolve("hangs.example", 443)) for _ in range(8)]
        await asyncio.sleep(0.05)
        waiting.pop().cancel()
        try:
            found = await asyncio.wait_for(resolve("answers.example", 443), 5)
        finally:
            answered.set()
        return [found, *await asyncio.gather(*waiting)]

    with ThreadPoolExecutor(2) as names:
        assert asyncio.run(many(names)) == [["1.1.1.1", "443"]] * 8


def test_int_2_a_name_is_looked_up_anew_after_a_failure() -> None:
    answers = iter([[], ["1.1.1.1"]])

    def look_up(host: str, port: int) -> list[str]:
        del host, port
        found = next(answers)
        if not found:
            raise OSError("no such name")
        return found

    async def twice(names: ThreadPoolExecutor) -> Sequence[str]:
        resolve = resolver(names, look_up)
        with pytest.raises(OSError, match="no such name"):
            await resolve("x.example", 443)
        await asyncio.sleep(0)
        return await resolve("x.example", 443)

    with ThreadPoolExecutor(2) as names:
        assert asyncio.run(twice(names)) == ["1.1.1.1"]
