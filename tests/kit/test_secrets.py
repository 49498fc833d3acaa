"""Sealed texts open with the key that sealed them, and with no other."""

import pytest

from app.kit.secrets import Unreadable, seal, unseal

KEY, OTHER = b"k" * 48, b"o" * 48


def test_a_sealed_text_opens_with_its_own_key_and_purpose() -> None:
    sealed = seal(KEY, "totp", "JBSWY3DPEHPK3PXP")
    assert "JBSWY" not in sealed
    assert unseal(KEY, "totp", sealed) == "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(("key", "purpose"), [(OTHER, "totp"), (KEY, "other")])
def test_another_key_or_purpose_is_refused_not_failed(key: bytes, purpose: str) -> None:
    with pytest.raises(Unreadable):
        unseal(key, purpose, seal(KEY, "totp", "JBSWY3DPEHPK3PXP"))


def test_an_altered_text_is_refused() -> None:
    sealed = seal(KEY, "totp", "JBSWY3DPEHPK3PXP")
    with pytest.raises(Unreadable):
        unseal(KEY, "totp", sealed[:-4] + "AAA=")
