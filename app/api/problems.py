"""Refusals as RFC 9457 problem documents: one translation for all of them."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.kit import errors
from app.kit.errors import Refusal
from app.kit.language import Language, preferred

MEDIA_TYPE = "application/problem+json"
STATUSES: Mapping[int, type[Refusal]] = {
    400: errors.Malformed,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NoRoute,
    405: errors.MethodNotAllowed,
    413: errors.TooLarge,
}
log = structlog.get_logger()


def document(refusal: Refusal, language: Language, request_id: str | None) -> dict[str, Any]:
    """The problem document of a refusal."""
    return {
        "type": f"/errors#{refusal.code}",
        "title": refusal.title(language),
        "status": refusal.status,
        "code": refusal.code,
        "rule": refusal.rule,
        "clause": refusal.clause,
        "facts": {name: plain(value) for name, value in refusal.facts.items()},
        "request_id": request_id,
    }


def plain(value: object) -> Any:
    """A fact as JSON can carry it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    return str(value)


def answer(request: Request, refusal: Refusal) -> JSONResponse:
    """The response of a refusal, in the caller's language."""
    language = preferred(request.headers.get("accept-language"))
    request_id = getattr(request.state, "request_id", None)
    headers = {**refusal.headers, "Content-Language": language}
    if "retry_after_seconds" in refusal.facts:
        headers["Retry-After"] = str(refusal.facts["retry_after_seconds"])
    return JSONResponse(
        document(refusal, language, request_id),
        refusal.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def refused(request: Request, error: Exception) -> JSONResponse:
    """A refusal from anywhere below."""
    assert isinstance(error, Refusal)
    return answer(request, error)


def malformed(request: Request, error: Exception) -> JSONResponse:
    """A request that does not have the required form: where and why, never what was sent."""
    assert isinstance(error, RequestValidationError)
    problems = [
        {
            "at": ".".join(str(part) for part in found["loc"]),
            "why": found["msg"],
            "kind": found["type"],
        }
        for found in error.errors()[:50]
    ]
    return answer(request, errors.Malformed(problems=problems))


def http_refused(request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses on its own."""
    assert isinstance(error, HTTPException)
    response = answer(request, STATUSES.get(error.status_code, errors.Malformed)())
    response.headers.update(error.headers or {})
    return response


def constraint_refused(request: Request, error: Exception) -> JSONResponse:
    """A constraint of the database: the second wall, translated by the name of the constraint."""
    assert isinstance(error, IntegrityError)
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    log.warning("constraint_refused", constraint=name)
    return answer(request, CONSTRAINTS.get(name or "", errors.Conflict)(constraint=name))


def value_refused(request: Request, error: Exception) -> JSONResponse:
    """A value that the database can't hold."""
    assert isinstance(error, DataError)
    log.warning("value_refused", error=type(error.orig).__name__)
    return answer(request, errors.Malformed(problems=[{"at": "body", "why": "value out of range"}]))


def unavailable(request: Request, error: Exception) -> JSONResponse:
    """The database is away, busy or restarted: nothing was stored, send the same again."""
    log.error("database_unavailable", error=str(error))
    return answer(request, errors.Unavailable())


def failed(request: Request, error: Exception) -> JSONResponse:
    """Our own mistake."""
    log.error("request_failed", exc_info=error)
    return answer(request, errors.Internal())


CONSTRAINTS: dict[str, type[Refusal]] = {}
"""The refusal that each named constraint stands for; filled by the capabilities' routers."""


def install(app: FastAPI) -> None:
    """Answer every failure with a problem document."""
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http_refused)
    app.add_exception_handler(IntegrityError, constraint_refused)
    app.add_exception_handler(DataError, value_refused)
    app.add_exception_handler(OperationalError, unavailable)
    app.add_exception_handler(PoolTimeout, unavailable)
    app.add_exception_handler(Exception, failed)


def refusals(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint: every refusal it knows, by status, with examples."""
    common = (
        errors.Malformed,
        errors.Unauthenticated,
        errors.Forbidden,
        errors.TooManyRequests,
        errors.Unavailable,
    )
    by_status: dict[int | str, dict[str, Any]] = {}
    every: set[type[Refusal]] = {*common, *kinds}
    for kind in sorted(every, key=lambda found: (found.status, found.code)):
        entry = by_status.setdefault(
            kind.status,
            {"model": None, "description": "", "content": {MEDIA_TYPE: {"examples": {}}}},
        )
        entry["description"] += (
            "; " if entry["description"] else ""
        ) + f"{kind.code}: {kind.title('en')}"
        entry["content"][MEDIA_TYPE]["schema"] = {"$ref": "#/components/schemas/Problem"}
        entry["content"][MEDIA_TYPE]["examples"][kind.code] = {
            "value": document(kind(), "zh", "0199d2f0-0000-7000-8000-000000000000")
        }
    for entry in by_status.values():
        del entry["model"]
    return by_status
