"""Chance that a seed decides: the same seed, the same day."""

import random
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np

Chance = random.Random
"""A stream of chance with its own seed."""


def chance_of(seed: int, *what: object) -> Chance:
    """The stream of one thing, independent of every other."""
    return random.Random(":".join(map(str, (seed, *what))))


def numbers_of(chance: Chance) -> np.random.Generator:
    """The same for numpy."""
    return np.random.default_rng(chance.getrandbits(64))


def key_at(at: datetime, chance: Chance) -> UUID:
    """A UUIDv7 (RFC 9562) of an instant."""
    tail = bytearray(chance.randbytes(10))
    tail[0] = 0x70 | (tail[0] & 0x0F)
    tail[2] = 0x80 | (tail[2] & 0x3F)
    millis = round(at.timestamp() * 1000)
    return UUID(bytes=millis.to_bytes(6, "big") + bytes(tail))


def device_of(phone: str) -> UUID:
    """The one handset that a phone number has in every simulation."""
    drawn = chance_of(0, "device", phone)
    return UUID(bytes=drawn.randbytes(16), version=4)


def chosen(share: float, among: Sequence[str], chance: Chance) -> frozenset[str]:
    """That share of some, rounded, drawn without order."""
    return frozenset(chance.sample(sorted(among), round(share * len(among))))
