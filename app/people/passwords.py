"""Passwords: argon2id, and what a good one is."""

import os
import re
import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()
AT_ONCE = BoundedSemaphore(os.cpu_count() or 1)
"""Each takes 64 MiB and a core: many sign-ins at once wait here, not in memory."""


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    with AT_ONCE:
        return HASHER.hash(password)


SHORTEST = 10
KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
KINDS_NEEDED = 3
LEGIBLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without the letters and digits that are mistaken for each other when read aloud."""


def is_strong(password: str, *owner: str) -> bool:
    """Ten characters of three kinds out of four, with nothing in it that names the owner."""
    kinds = sum(bool(re.search(kind, password)) for kind in KINDS)
    names_owner = any(word and word.lower() in password.lower() for word in owner)
    return len(password) >= SHORTEST and kinds >= KINDS_NEEDED and not names_owner


def one_time_password() -> str:
    """A strong password that a person can read to another."""
    groups = ["".join(secrets.choice(LEGIBLE) for _ in range(5)) for _ in range(3)]
    password = "-".join(groups)
    return password if is_strong(password) else one_time_password()


DUMMY = hash_password(secrets.token_urlsafe(16))
"""Verified in the place of a missing account, so that both take the same time."""


def verify_password(password_hash: str, password: str) -> bool:
    """Whether a password is the one that was hashed."""
    try:
        with AT_ONCE:
            return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
