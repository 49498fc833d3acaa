"""Passwords: argon2id, and what a good one is."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt."""
    return HASHER.hash(password)


DUMMY = hash_password(secrets.token_urlsafe(16))
"""Verified in the place of a missing account, so that both take the same time."""


def verify_password(password_hash: str, password: str) -> bool:
    """Whether a password is the one that was hashed."""
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
