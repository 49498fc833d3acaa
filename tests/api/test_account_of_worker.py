"""A worker's account goes where the worker is posted."""

from tests.api.sign_ins import bearer, handset, own, sign_in
from tests.city import City
from tests.conftest import SignedIn

WORKER = "510185001001001"


def test_account_moves_with_a_transfer(client: SignedIn, city: City) -> None:
    before = sign_in(client, WORKER, device=handset())
    worker = city.workers[WORKER]
    answer = client.http.post(
        f"/v1/workers/{worker}/postings",
        json={"community": "510185002001", "employment": "full_time", "from": "2026-12-01"},
        headers=client.as_("command_centre"),
    )
    assert answer.status_code == 201, answer.text
    asked = {"unit": "510185002001", "role": "worker"}
    system = client.as_("system_administrator")
    page = client.http.get("/v1/accounts", params=asked, headers=system).json()
    assert str(worker) in {account["worker_id"] for account in page["items"]}
    assert own(client, bearer(before)).status_code == 200
