"""What was set aside is seen by the worker and by the station, and by nobody beside them."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import SignedIn
from tests.intake.handset import GRID, Handset, item

LIST = "/v1/quarantine"
ELSEWHERE = "510185002001001"


@pytest.fixture
def set_aside(client: SignedIn) -> str:
    """The id of a record that was refused, of a worker of the lead's station."""
    broken = item("visit", body={"kind": "unheard_of", "place": "物业"})
    (result,) = Handset(client, GRID).results(broken)
    assert result["status"] == "rejected"
    Handset(client, ELSEWHERE).results(item("visit", body={}))
    return str(broken["id"])


@pytest.mark.parametrize(("who", "records"), [("station_lead", 1), ("command_centre", 2)])
def test_whoever_decides_sees_what_was_set_aside_below(
    client: SignedIn, set_aside: str, who: str, records: int
) -> None:
    found = client.http.get(LIST, headers=client.as_(who)).json()["items"]
    assert len(found) == records
    kept = found[-1]
    assert kept["item_id"] == set_aside
    assert kept["worker_id"] == str(client.city.workers[GRID])
    received = kept["content"]["received"]
    assert received["id"] == set_aside
    assert ("body" in received) is (who == "station_lead")


@pytest.mark.usefixtures("set_aside")
def test_in_pages_the_newest_first(client: SignedIn) -> None:
    centre = client.as_("command_centre")
    first = client.http.get(LIST, params={"limit": 1}, headers=centre).json()
    rest = {"limit": 1, "cursor": first["next_cursor"]}
    second = client.http.get(LIST, params=rest, headers=centre).json()
    assert first["items"][0]["id"] > second["items"][0]["id"]
    assert second["next_cursor"] is None


@pytest.mark.usefixtures("set_aside")
def test_beyond_ones_unit_there_is_nothing(client: SignedIn) -> None:
    asked = {"unit": ELSEWHERE[:12]}
    lead = client.http.get(LIST, params=asked, headers=client.as_("station_lead"))
    assert (lead.status_code, lead.json()["code"]) == (404, "request.not_found")
    below = client.http.get(LIST, params=asked, headers=client.as_("command_centre"))
    assert len(below.json()["items"]) == 1
    worker = client.http.get(LIST, headers=client.as_(GRID))
    assert (worker.status_code, worker.json()["code"]) == (403, "auth.forbidden")


@pytest.mark.usefixtures("set_aside")
def test_what_is_kept_is_sealed(client: SignedIn, db: Session) -> None:
    kept = db.execute(text("select content from quarantine")).scalars().all()
    assert kept
    assert not any("unheard_of" in content for content in kept)
    mine = client.http.get("/v1/me/quarantine", headers=client.as_(GRID)).json()["items"]
    assert mine[0]["content"]["received"]["body"]["kind"] == "unheard_of"
