"""The stand-in platform over HTTP: where it is told, asked and controlled."""

import base64
import binascii
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from app.kit.schema import Day, In, Line, Out
from app.platforms.sayings import NotUnderstood
from app.standin.door import Door
from app.standin.ledger import Arrival, Held
from app.standin.mood import Behaviour, Mood
from app.standin.platform import Standin
from app.standin.saying import SendIn, Sent
from app.webhooks.refusals import NotAuthentic

ARRIVALS_SHOWN = 200


class HeldOut(Out):
    """What it has of one subject; `state` in its own word."""

    kind: str
    id: str
    number: int
    state: str | int | None


class SaidOut(Out):
    """A message of its own, signed anew: whoever takes it in checks it as one that was sent."""

    message_id: str
    headers: dict[str, str]
    body: str


class SentOut(Out):
    """A message it was told to send, and what each try was answered."""

    message_id: str
    kind: str
    subject: str
    number: int
    at: datetime
    answers: list[str]


class LoseIn(In):
    """What it is to forget: all of a subject, or what was told above a number."""

    kind: Line = "incident"
    id: Line
    above: int = Field(default=0, ge=0, le=1_000_000_000)


def build(standin: Standin) -> Door:
    """The platform behind its door."""
    app = FastAPI(title=f"Stand-in platform: {standin.agreement.platform.value}", redoc_url=None)
    app.add_exception_handler(NotAuthentic, _not_authentic)
    app.add_exception_handler(NotUnderstood, _not_understood)
    door = Door(app)
    told(app, standin)
    asked(app, standin)
    controlled(app, standin, door)
    return door


def told(app: FastAPI, standin: Standin) -> None:
    """Where we tell it what happened."""

    @app.post("/deliveries")
    async def deliveries(request: Request) -> dict[str, Any]:
        """Verified, read, taken in once."""
        told = standin.take(request.headers, await request.body())
        return {"received": told.event_id}

    @app.post("/oauth/token")
    async def token(request: Request) -> JSONResponse:
        """A bearer token for a client that shows itself by HTTP Basic (RFC 6749, 4.4)."""
        known = standin.agreement.told.credentials
        if _client_of(request) != (known.get("client_id"), known.get("client_secret")):
            return JSONResponse({"error": "invalid_client"}, 401)
        issued = standin.tokens.issue(standin.now())
        return JSONResponse({"access_token": issued, "token_type": "Bearer", "expires_in": 3600})


def asked(app: FastAPI, standin: Standin) -> None:
    """Where we ask what it has: each question is proven as a delivery is, its path as the body."""

    def prove(request: Request) -> None:
        standin.proven(request.headers, f"{request.url.path}?{request.url.query}".encode())

    @app.get("/events")
    async def events(request: Request, day: Day) -> dict[str, list[HeldOut]]:
        """What it has of the things to which something happened on a date."""
        prove(request)
        return {"events": [_held(*row) for row in standin.ledger.of_day(day)]}

    @app.get("/messages")
    async def messages(request: Request, day: Day) -> dict[str, list[SaidOut]]:
        """What it said on a date, whether it arrived or not."""
        prove(request)
        return {"messages": [_said(standin, sent) for sent in standin.said_on(day)]}


def controlled(app: FastAPI, standin: Standin, door: Door) -> None:
    """What whoever tests may tell it; never affected by its mood."""

    @app.post("/control")
    async def control(mood: Mood) -> Mood:
        """Behave so from now on."""
        if mood.behaviour is Behaviour.WELL:
            door.turned_away = 0
        door.become(mood)
        return mood

    @app.post("/control/send")
    def send(asked: SendIn) -> list[SentOut]:
        """Say these things to us."""
        return [_sent(sent) for sent in standin.send(asked)]

    @app.post("/control/lose")
    async def lose(what: LoseIn) -> dict[str, int]:
        """Forget what was told of a subject."""
        return {"lost": standin.ledger.lose((what.kind, what.id), what.above)}

    @app.get("/state")
    async def state() -> dict[str, Any]:
        """Everything."""
        return shown(standin, door)


def shown(standin: Standin, door: Door) -> dict[str, Any]:
    """All that it has and did, the latest arrivals last."""
    ledger = standin.ledger
    return {
        "platform": standin.agreement.platform,
        "told_by": standin.agreement.told.scheme,
        "says_to": standin.agreement.says_to,
        "mood": door.mood.model_dump(exclude_none=True),
        "turned_away": door.turned_away,
        "flaws": dict(ledger.flaws),
        "arrivals": len(ledger.arrivals),
        "latest_arrivals": [_arrival(each) for each in ledger.arrivals[-ARRIVALS_SHOWN:]],
        "held": [_held(*row) for row in sorted(ledger.held.items())],
        "sent": [_sent(sent) for sent in standin.sent],
    }


def _held(subject: tuple[str, str], held: Held) -> HeldOut:
    return HeldOut(kind=subject[0], id=subject[1], number=held.number, state=held.state)


def _said(standin: Standin, sent: Sent) -> SaidOut:
    return SaidOut(
        message_id=sent.message_id, headers=standin.headers_of(sent), body=sent.body.decode()
    )


def _sent(sent: Sent) -> SentOut:
    return SentOut.model_validate(sent)


def _arrival(arrival: Arrival) -> dict[str, Any]:
    kind, key = arrival.told.subject
    return {
        "at": arrival.at,
        "message_id": arrival.message_id,
        "type": arrival.told.type,
        "kind": kind,
        "id": key,
        "number": arrival.told.number,
        "flaw": arrival.flaw,
    }


def _client_of(request: Request) -> tuple[str | None, str | None]:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    try:
        client, _, secret = base64.b64decode(shown, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    if scheme.lower() != "basic" or not client:
        return None, None
    return unquote_plus(client), unquote_plus(secret)


def _not_authentic(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, NotAuthentic)
    return JSONResponse({"error": error.facts.get("why")}, 401)


def _not_understood(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, NotUnderstood)
    return JSONResponse({"error": error.why.value, "where": error.where}, 422)
