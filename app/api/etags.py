"""Answers that a dashboard polls: an unchanged one is a 304."""

import hashlib

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from app.kit.language import Language


def unchanged(request: Request, tag: str | None) -> bool:
    """Whether the caller holds what the tag stands for."""
    held = request.headers.get("if-none-match")
    if held is None or tag is None:
        return False
    return held.strip() == "*" or f'"{tag}"' in [
        each.strip().removeprefix("W/") for each in held.split(",")
    ]


def not_modified(tag: str) -> Response:
    """The answer to a caller who holds it already."""
    return Response(status_code=304, headers=_headers(tag))


def tagged(request: Request, tag: str | None, language: Language, answer: BaseModel) -> Response:
    """The answer with its tag; without a tag the content itself is one."""
    content = answer.model_dump_json().encode()
    tag = tag or hashlib.sha256(content).hexdigest()[:32]
    if unchanged(request, tag):
        return not_modified(tag)
    headers = {**_headers(tag), "Content-Language": language}
    return Response(content, media_type="application/json", headers=headers)


def _headers(tag: str) -> dict[str, str]:
    return {
        "ETag": f'"{tag}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Authorization",
    }
