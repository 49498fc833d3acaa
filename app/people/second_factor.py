"""The second factor of office accounts: time-based codes (RFC 6238), each good once."""

from datetime import datetime
from hmac import compare_digest

import pyotp
from sqlalchemy.orm import Session

from app.db.models import Account
from app.kit.errors import Refusal
from app.kit.secrets import seal, unseal
from app.outbox.emit import emit
from app.people.sign_in_refusals import (
    NoSecondFactor,
    SecondFactorEnrolled,
    SecondFactorNeeded,
    WrongCode,
)

PURPOSE = "second-factor"
STEP_SECONDS = 30
DRIFT_STEPS = 1
"""One step early or late is accepted: clocks differ and people type slowly."""


def enrol(session: Session, account: Account, secret: bytes) -> str:
    """A new secret that waits for confirmation, as the URI an authenticator reads."""
    if account.totp_confirmed_at:
        raise SecondFactorEnrolled
    plain = pyotp.random_base32()
    account.totp_secret, account.totp_last_step = seal(secret, PURPOSE, plain), None
    _note(session, account, "account.second_factor_enrolled")
    return pyotp.TOTP(plain).provisioning_uri(name=account.phone, issuer_name="Jianyang grid")


def confirm(
    session: Session, account: Account, code: str, secret: bytes, now: datetime
) -> Refusal | None:
    """From now on the account needs its codes to sign in."""
    if account.totp_confirmed_at:
        return SecondFactorEnrolled()
    if account.totp_secret is None:
        return NoSecondFactor()
    if not spend(account, code, secret, now):
        return WrongCode()
    account.totp_confirmed_at = now
    _note(session, account, "account.second_factor_confirmed")
    return None


def judge_code(account: Account, code: str | None, secret: bytes, now: datetime) -> Refusal | None:
    """Nothing to say of an account without a second factor, or with a good code."""
    if account.totp_confirmed_at is None:
        return None
    if code is None:
        return SecondFactorNeeded()
    return None if spend(account, code, secret, now) else WrongCode()


def spend(account: Account, code: str, secret: bytes, now: datetime) -> bool:
    """Whether a code is good; a good one is used up. The account's row must be locked."""
    totp = pyotp.TOTP(unseal(secret, PURPOSE, account.totp_secret or ""))
    this_step = int(now.timestamp()) // STEP_SECONDS
    last_used = account.totp_last_step if account.totp_last_step is not None else -1
    for step in range(this_step - DRIFT_STEPS, this_step + DRIFT_STEPS + 1):
        if step > last_used and compare_digest(totp.generate_otp(step), code):
            account.totp_last_step = step
            return True
    return False


def _note(session: Session, account: Account, name: str) -> None:
    emit(
        session,
        name,
        by=account.id,
        unit_code=account.unit_code,
        subject=("account", account.id),
    )
