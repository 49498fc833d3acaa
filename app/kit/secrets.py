"""Keys derived from the one secret outside the database, and small texts sealed with them."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kit.errors import Refusal


class Unreadable(Refusal):
    """This was sealed with another key of the server: put the key back, or have it reset."""

    code = "auth.sealed_with_another_key"
    zh = "该内容由服务器的另一把密钥加密：请恢复原密钥，或由安全管理员重置。"


@lru_cache(maxsize=64)
def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose: what is signed for one can't be used for another."""
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(secret)


def seal(secret: bytes, purpose: str, plain: str) -> str:
    """A text encrypted and authenticated."""
    return _box(secret, purpose).encrypt(plain.encode()).decode()


def unseal(secret: bytes, purpose: str, sealed: str) -> str:
    """The text that was sealed; raises Unreadable."""
    try:
        return _box(secret, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


@lru_cache(maxsize=64)
def _box(secret: bytes, purpose: str) -> Fernet:
    return Fernet(urlsafe_b64encode(derive(secret, purpose)))
