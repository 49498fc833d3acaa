"""Routes of the busiest doors: what FastAPI would solve for every request is read straight.

Signatures stay what the contract is written from.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.responses import Response
from typing_extensions import override

from app.intake.door import carrier_of

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class Unsolved(APIRoute):
    """An endpoint of the request alone."""

    @override
    def get_route_handler(self) -> Handle:
        """The endpoint itself."""
        handle: Handle = self.endpoint
        return handle


class OneRecord(APIRoute):
    """An endpoint of the request, its carrier and one record in the body."""

    @override
    def get_route_handler(self) -> Handle:
        """Read the carrier, then the record, in the order in which FastAPI would."""
        endpoint, form = self.endpoint, self.endpoint.__annotations__["body"]

        async def handle(request: Request) -> Response:
            carrier = await carrier_of(request)
            record = read(form, await request.body())
            answer: Response = await endpoint(request, carrier, record)
            return answer

        return handle


def read(form: type[BaseModel], body: bytes) -> BaseModel:
    """A body in its form; raises what FastAPI raises."""
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in found]
        ) from None
