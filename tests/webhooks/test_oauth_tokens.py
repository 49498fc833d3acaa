"""INT-2: bearer tokens are asked for once, and anew when they are refused."""

import asyncio
import json
from collections import Counter
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import WebhookEndpoint
from app.rules.delivery import Scheme
from app.webhooks.delivering import drain
from tests.webhooks.facts import Clock, attempts, deliver, happen, make_endpoint, post, states
from tests.webhooks.receiver import OK, Got, Receiver, Say


class Issuer:
    """Gives a new token at each asking, and takes only the last one."""

    def __init__(self) -> None:
        self.given = 0
        self.good = 0

    def __call__(self, got: Got) -> Say:
        if got.path == "/token":
            self.given += 1
            token = {"access_token": f"t{self.given}", "token_type": "Bearer", "expires_in": 3600}
            return Say(200, body=json.dumps(token).encode())
        good = got.headers["authorization"] == f"Bearer t{max(self.given, self.good)}"
        return OK if good else Say(401)


def oauth(db: Session, receiver: Receiver) -> UUID:
    credentials = {
        "token_url": receiver.url.replace("/hook", "/token"),
        "client_id": "grid",
        "client_secret": "secret",
    }
    return make_endpoint(db, receiver.url, scheme=Scheme.OAUTH, credentials=credentials)


def paths(receiver: Receiver) -> Counter[str]:
    return Counter(got.path for got in receiver.got)


def test_int_2_a_token_is_asked_for_once_and_anew_when_it_is_refused(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    issuer = Issuer()
    receiver.behaves = issuer
    oauth(db, receiver)
    with post(sessions, clock) as found:

        async def send() -> None:
            endpoint = db.scalars(select(WebhookEndpoint.id)).one()
            db.rollback()
            await drain(found, endpoint, 0)

        happen(db, *"abcdefgh")
        asyncio.run(send())
        assert paths(receiver) == {"/token": 1, "/hook": 8}
        issuer.good = 2
        happen(db, "z")
        asyncio.run(send())
    assert paths(receiver) == {"/token": 2, "/hook": 10}
    assert {state for _, _, state, _ in states(db)} == {"succeeded"}


def test_int_2_without_a_token_nothing_is_sent(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    receiver.behaves = lambda _: Say(403)
    oauth(db, receiver)
    happen(db, "a")
    deliver(sessions, clock)
    assert paths(receiver) == {"/token": 1}
    assert [(row.error, row.excerpt) for row in attempts(db)] == [("no_token", "status_403")]
