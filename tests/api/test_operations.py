"""Alive, ready, measured, documented."""

from tests.conftest import SignedIn


def test_alive_ready_and_measured(client: SignedIn) -> None:
    assert client.http.get("/healthz").json() == {"status": "alive", "clock": "system"}
    assert client.http.get("/readyz").json() == {"status": "ready", "clock": "system"}
    assert 'route="/readyz"' in client.http.get("/metrics").text
