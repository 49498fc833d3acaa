"""Every refusal a caller can meet. Rendered as problem documents by app.api.problems."""

from collections.abc import Iterator
from typing import ClassVar

from app.kit.language import Language


class Refusal(Exception):
    """Base: the request was understood and is refused.

    A subclass says its English title in the first line of its docstring and its Chinese title in
    `zh`; `code` never changes; `rule` and `clause` name the rulebook and the regulation.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409
    zh: ClassVar[str]
    rule: ClassVar[str | None] = None
    clause: ClassVar[str | None] = None
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts

    @classmethod
    def title(cls, language: Language) -> str:
        """One sentence for a person."""
        return cls.zh if language == "zh" else (cls.__doc__ or cls.code).strip().splitlines()[0]


def catalogue() -> dict[str, type[Refusal]]:
    """Every refusal by its code; a code used twice is a mistake in the house."""
    found: dict[str, type[Refusal]] = {}
    for refusal in _descendants(Refusal):
        if "code" not in vars(refusal):
            continue
        if found.setdefault(refusal.code, refusal) is not refusal:
            raise ValueError(f"{refusal.code} names two refusals")
    return dict(sorted(found.items()))


def _descendants(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in base.__subclasses__():
        yield child
        yield from _descendants(child)


class Malformed(Refusal):
    """The request does not have the required form."""

    code = "request.malformed"
    status = 422
    zh = "请求的格式不符合要求。"


class TooLarge(Refusal):
    """The request body is too large."""

    code = "request.too_large"
    status = 413
    zh = "请求内容过大。"


class BadEncoding(Refusal):
    """The request body can't be decompressed."""

    code = "request.bad_encoding"
    status = 400
    zh = "请求内容无法解压。"


class NotFound(Refusal):
    """There is no such thing within your unit."""

    code = "request.not_found"
    status = 404
    zh = "本单位范围内没有这个对象。"


class NoRoute(Refusal):
    """There is no such address."""

    code = "request.no_route"
    status = 404
    zh = "没有这个地址。"


class MethodNotAllowed(Refusal):
    """This address does not take that method."""

    code = "request.method_not_allowed"
    status = 405
    zh = "此地址不支持该方法。"


class Forbidden(Refusal):
    """Your role does not allow this act, or it lies beyond your unit."""

    code = "auth.forbidden"
    status = 403
    zh = "您的角色无权进行此操作，或操作超出本单位范围。"
    rule = "ORG-1"
    clause = "一(二), 三, 四, 五"


class Unauthenticated(Refusal):
    """Sign in first: the token is missing, forged, expired or revoked."""

    code = "auth.unauthenticated"
    status = 401
    zh = "请先登录：令牌缺失、伪造、过期或已被吊销。"
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Bearer"}


class TooManyRequests(Refusal):
    """Too many requests: wait and try again."""

    code = "request.too_many"
    status = 429
    zh = "请求过于频繁，请稍后再试。"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "5"}


class Unavailable(Refusal):
    """The service can't answer now: try again."""

    code = "service.unavailable"
    status = 503
    zh = "服务暂不可用，请稍后再试。"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "5"}


class Internal(Refusal):
    """The server failed; nothing was stored."""

    code = "service.internal"
    status = 500
    zh = "服务器出错，未保存任何内容。"


class BadCursor(Refusal):
    """The cursor is not one of ours."""

    code = "request.bad_cursor"
    status = 422
    zh = "游标无效。"


class Conflict(Refusal):
    """The record conflicts with one that exists."""

    code = "request.conflict"
    zh = "与已有记录冲突。"
