"""`platform-stub` as an integrator starts it, with an endpoint that an administrator opens."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.kit import clock
from app.outbox.fanout import Told, tell
from app.settings import ROOT
from app.standin.command import CREDENTIALS, SAYS_SECRET, TOLD_SECRET
from tests.conftest import SignedIn
from tests.platforms.meeting import deliver

AGREEMENT = """
[told]
scheme = "hmac_header"
secrets = ["a-secret-of-the-province"]

[says]
scheme = "hmac_header"
secrets = ["another-secret-of-the-province"]
"""


@pytest.fixture
def started(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The command in a process of its own; by the parameter with a file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "app.cli", "platform-stub", "--platform", "sichuan"]
    command += ["--port", str(port)]
    if request.param:
        file = tmp_path / "agreement.toml"
        file.write_text(AGREEMENT, "utf-8")
        command += ["--agreement", str(file)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _await(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _await(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(600):
        assert process.poll() is None, "the platform ended before it answered"
        try:
            httpx.get(f"{url}/state", timeout=2)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def asked_for(url: str, *, by_file: bool) -> dict[str, Any]:
    """The endpoint that the documentation tells to open."""
    known = {
        "url": f"{url}/deliveries",
        "description": "平台模拟端",
        "platform": "sichuan",
        "allow_cidrs": ["127.0.0.0/8"],
    }
    if by_file:
        keys = {"secret": "a-secret-of-the-province"}
        keys["inbound_secret"] = "another-secret-of-the-province"
        scheme = {"scheme": "hmac_header", "inbound_scheme": "hmac_header"}
        return {**known, **scheme, **keys, "credentials": {"app_key": CREDENTIALS["app_key"]}}
    keys = {"secret": TOLD_SECRET, "inbound_secret": SAYS_SECRET}
    return {**known, "inbound_scheme": "standard_webhooks", **keys}


@pytest.mark.parametrize("started", [False, True], indirect=True, ids=["as_it_is", "by_file"])
def test_int_1_an_endpoint_is_opened_and_told(
    api: FastAPI,
    client: SignedIn,
    db: Session,
    started: str,
    request: pytest.FixtureRequest,
) -> None:
    by_file = "by_file" in request.node.name
    opened = client.http.post(
        "/v1/webhook-endpoints",
        headers=client.as_("system_administrator"),
        json=asked_for(started, by_file=by_file),
    )
    assert opened.status_code == 201, opened.text
    told = Told(
        "incident.acted", ("incident", "a"), "510185001001001", clock.now(), {"state": "held"}
    )
    tell(db, [told])
    db.commit()
    deliver(api.state.sessions, clock.now)
    state = httpx.get(f"{started}/state").json()
    assert state["held"] == [{"kind": "incident", "id": "a", "number": 1, "state": 10}]
    assert state["flaws"] == {}
    assert state["says_to"] == "http://127.0.0.1:8000/v1/platforms/sichuan/webhooks"
