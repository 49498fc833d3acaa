"""For acts that leave traces even where they are refused: failed attempts, reuse of tokens."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from sqlalchemy.orm import Session

from app.kit.errors import Refusal

Done = TypeVar("Done")


def settle(request: Request, act: Callable[[Session], Done | Refusal]) -> Done:
    """Commit what an act wrote, and only then raise the refusal that it returned."""
    with request.app.state.sessions.begin() as db:
        outcome = act(db)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome
