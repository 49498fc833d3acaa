"""Lock-out with back-off, app versions and one-time codes, case by case."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from app.db.models import Account
from app.kit.secrets import Unreadable, derive, seal, unseal
from app.people.devices import check_app_version
from app.people.second_factor import PURPOSE, spend
from app.people.sign_in import lock_after
from app.people.sign_in_refusals import AppTooOld
from app.settings import Settings

SECRET = b"a secret of the tests"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failed", "minutes"),
    [(1, None), (4, None), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 30), (11, 30), (999, 30)],
)
def test_lock_doubles_up_to_half_an_hour(failed: int, minutes: int | None) -> None:
    assert lock_after(failed) == (timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize(
    ("minimum", "version", "accepted"),
    [
        ("1.2.0", "1.2.0", True),
        ("1.2.0", "1.2", True),
        ("1.2.0", "1.10.0", True),
        ("1.2.0", "1.2.1-beta", True),
        ("1.2.0", "2.0.0+build.7", True),
        ("1.2.0", "1.1.99", False),
        ("1.2.0", "0.9.9", False),
        ("1.2.0", "", False),
        ("1.2.0", "new", False),
        ("1.2.0", "1", False),
        ("1.2.0", None, False),
        ("1.2.0", "٣.٠.٠", False),
    ],
)
def test_app_versions(tmp_path: Path, minimum: str, version: str | None, accepted: bool) -> None:
    settings = Settings.model_construct(minimum_app_version=minimum, state_dir=tmp_path)
    if accepted:
        check_app_version(version, settings)
        return
    with pytest.raises(AppTooOld):
        check_app_version(version, settings)


def account_with_codes() -> Account:
    return Account(totp_secret=seal(SECRET, PURPOSE, KEY), totp_last_step=None)


def code_at(instant: datetime) -> str:
    return pyotp.TOTP(KEY).at(instant)


def test_code_works_once_and_none_before_it() -> None:
    account = account_with_codes()
    assert spend(account, code_at(NOW), SECRET, NOW)
    assert not spend(account, code_at(NOW), SECRET, NOW)
    assert not spend(account, code_at(NOW - timedelta(seconds=30)), SECRET, NOW)
    later = NOW + timedelta(seconds=30)
    assert spend(account, code_at(later), SECRET, later)


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_code_may_be_one_step_early_or_late(steps: int, good: bool) -> None:
    code = code_at(NOW + steps * timedelta(seconds=30))
    assert spend(account_with_codes(), code, SECRET, NOW) is good


def test_published_reference_codes() -> None:
    """RFC 6238, appendix B, SHA-1, the last six digits."""
    key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        account = Account(totp_secret=seal(SECRET, PURPOSE, key), totp_last_step=None)
        assert spend(account, code, SECRET, datetime.fromtimestamp(seconds, UTC))


def test_sealed_text_opens_with_its_own_secret_and_purpose_only() -> None:
    sealed = seal(SECRET, PURPOSE, KEY)
    assert KEY not in sealed
    assert unseal(SECRET, PURPOSE, sealed) == KEY
    for secret, purpose in ((b"another", PURPOSE), (SECRET, "refresh-token")):
        with pytest.raises(Unreadable):
            unseal(secret, purpose, sealed)
    assert derive(SECRET, "a") != derive(SECRET, "b") != derive(b"another", "b")
