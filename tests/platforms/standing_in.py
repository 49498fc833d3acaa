"""Stand-in platforms in this process, each in a thread with a free loopback port."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from app.rules.delivery import Scheme
from app.rules.tasks import Platform
from app.standin.agreement import Agreement, Manner
from app.standin.platform import Standin
from app.standin.server import build

NOWHERE = "http://127.0.0.1:9/"
TOLD_SECRETS = {
    Scheme.STANDARD_WEBHOOKS: "whsec_c3RhbmQtaW4tcGxhdGZvcm0tdG9sZC1ieS11cw==",
    Scheme.HMAC_HEADER: "stand-in-told-by-us",
    Scheme.OAUTH: "unused",
}
SAYS_SECRETS = {
    Scheme.STANDARD_WEBHOOKS: "whsec_c3RhbmQtaW4tcGxhdGZvcm0tc2F5cy10by11cw==",
    Scheme.HMAC_HEADER: "stand-in-says-to-us",
}
CREDENTIALS: Mapping[str, str] = {
    "app_key": "jianyang",
    "client_id": "jianyang",
    "client_secret": "s3cret+with/signs",
}


def agreed(platform: Platform, told: Scheme, says: Scheme, says_to: str = NOWHERE) -> Agreement:
    """An agreement by two schemes."""
    return Agreement(
        platform=platform,
        told=Manner(told, (TOLD_SECRETS[told],), CREDENTIALS),
        says=Manner(says, (SAYS_SECRETS[says],), CREDENTIALS),
        says_to=says_to,
    )


AGREEMENTS = {
    Platform.CHENGDU: (Scheme.HMAC_HEADER, Scheme.HMAC_HEADER),
    Platform.SICHUAN: (Scheme.OAUTH, Scheme.STANDARD_WEBHOOKS),
}
"""Between them the two use every scheme."""


@dataclass
class Running:
    """A stand-in platform that answers at an address."""

    standin: Standin
    url: str

    def control(self, **mood: Any) -> None:
        """Make it behave."""
        answer = httpx.post(f"{self.url}/control", json=mood)
        assert answer.status_code == 200, answer.text

    def send(self, *says: dict[str, Any], **how: Any) -> list[dict[str, Any]]:
        """Make it say things."""
        answer = httpx.post(f"{self.url}/control/send", json={"says": says, **how}, timeout=60)
        assert answer.status_code == 200, answer.text
        sent: list[dict[str, Any]] = answer.json()
        return sent

    def state(self) -> dict[str, Any]:
        """Everything it has and did."""
        found: dict[str, Any] = httpx.get(f"{self.url}/state").json()
        return found

    def lose(self, key: str, above: int = 0) -> None:
        """Make it forget an event."""
        body = {"id": key, "above": above}
        assert httpx.post(f"{self.url}/control/lose", json=body).status_code == 200


@contextmanager
def standing_in(
    platform: Platform, now: Callable[[], datetime], says_to: str = NOWHERE
) -> Iterator[Running]:
    """A platform until the block ends."""
    standin = Standin(agreed(platform, *AGREEMENTS[platform], says_to), now)
    with answering(build(standin)) as url:
        yield Running(standin, url)


@contextmanager
def answering(app: ASGIApp) -> Iterator[str]:
    """An application in a thread until the block ends; the address where it answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            _await(server, thread)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


def _await(server: uvicorn.Server, thread: threading.Thread) -> None:
    while not server.started:
        assert thread.is_alive(), "the server ended before it answered"
        time.sleep(0.01)
