"""What operators see: a log line and metrics for every request, tied together by an id."""

import logging
import re
import time
from functools import lru_cache

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import clock
from app.kit.ids import uuid7

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "grid_requests_total",
    "Requests by route and status",
    ["method", "route", "status"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "grid_request_seconds", "Time to answer by route", ["method", "route"], registry=REGISTRY
)
GIVEN_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")
TRACEBACKS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Where it failed, without the values at hand: among them are passwords and positions."""
log = structlog.get_logger("request")


def configure_logs(level: str) -> None:
    """Structured logs, one JSON object a line; no bodies, no names, no positions."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(TRACEBACKS),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
    )


class Observation:
    """Gives each request an id, logs it, counts it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Time the request and note its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status, started = 500, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            # Every request runs in a context of its own: nothing has to be unbound.
            structlog.contextvars.bind_contextvars(request_id=request_id)
            await self.app(scope, receive, noting)
        finally:
            _note(scope, status, time.perf_counter() - started, request_id)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and GIVEN_ID.fullmatch(value):
            return str(value.decode())
    return str(uuid7(clock.now()))


@lru_cache(maxsize=1024)
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The meters of a route, looked up once."""
    return REQUESTS.labels(method, route, status), SECONDS.labels(method, route)


def _note(scope: Scope, status: int, seconds: float, request_id: str) -> None:
    route = getattr(scope.get("route"), "path", "none")
    method = (
        scope["method"]
        if scope["method"] in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}
        else "other"
    )
    count, timing = _meters(method, route, status)
    count.inc()
    timing.observe(seconds)
    log.info(
        "answered",
        method=method,
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        request_id=request_id,
    )
