"""Shapes that the whole contract shares."""

from typing import Any

from pydantic import Field

from app.kit.schema import Out


class Problem(Out):
    """A refusal (RFC 9457); `code` is stable, `title` is in the caller's language."""

    type: str = Field(examples=["/errors#request.malformed"])
    title: str
    status: int
    code: str
    rule: str | None = Field(description="Rule id of the rulebook, where there is one")
    clause: str | None = Field(description="Clause of the regulation, where there is one")
    facts: dict[str, Any]
    request_id: str | None
