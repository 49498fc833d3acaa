"""Signing in over HTTP."""

from tests.conftest import SignedIn


def test_worker_and_office_sign_in(client: SignedIn) -> None:
    assert client.as_("510185001001001")["Authorization"].startswith("Bearer ")
    assert client.as_("station_lead")["Authorization"].startswith("Bearer ")
    assert client.http.delete("/v1/tokens", headers=client.as_("finance")).status_code == 204
    assert client.http.delete("/v1/tokens", headers=client.as_("finance")).status_code == 401
