"""What an endpoint may be: where it lies, what it may reach, what goes together (INT-1, INT-2)."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from tests.api.station import StationDay, refused
from tests.api.webhook_desk import (
    ADMIN,
    HMAC,
    INWARD,
    OAUTH,
    SECRET,
    asked,
    audit,
    change,
    do,
    key_of,
    opened,
)
from tests.conftest import SignedIn


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


@pytest.mark.parametrize(
    ("url", "allow", "outcome"),
    [
        ("https://platform.example.gov.cn/x", [], 201),
        ("https://platform.example.gov.cn:8443/x?y=1", [], 201),
        ("https://10.21.3.4/x", [], "denied_address"),
        ("https://10.21.3.4/x", ["10.21.0.0/16"], 201),
        ("https://10.22.3.4/x", ["10.21.0.0/16"], "denied_address"),
        ("https://127.0.0.1/x", [], "denied_address"),
        ("https://[::1]/x", [], "denied_address"),
        ("https://[::ffff:10.0.0.1]/x", [], "denied_address"),
        ("https://[64:ff9b::7f00:1]/x", [], "denied_address"),
        ("https://169.254.169.254/x", ["169.254.0.0/16"], "denied_address"),
        ("http://platform.example.gov.cn/x", [], "not_encrypted"),
        ("http://platform.example.gov.cn/x", ["10.21.0.0/16"], 201),
        ("http://10.21.3.4/x", ["10.21.0.0/16"], 201),
        ("http://8.8.8.8/x", ["10.21.0.0/16"], "not_encrypted"),
        ("http://10.21.3.4/x", [], "denied_address"),
    ],
)
def test_int_2_nothing_inside_and_nothing_in_the_open_without_an_allowance(
    station: StationDay, url: str, allow: list[str], outcome: int | str
) -> None:
    answer = station.post(ADMIN, "/webhook-endpoints", asked(url=url, allow_cidrs=allow))
    if outcome == 201:
        assert answer.status_code == 201, answer.text
    else:
        assert refused(answer) == (422, "webhook.address_refused")
        assert answer.json()["facts"]["why"] == outcome
    credentials = OAUTH["credentials"] | {"token_url": url}
    token = asked(**OAUTH | {"credentials": credentials}, allow_cidrs=allow)
    same = station.post(ADMIN, "/webhook-endpoints", token)
    assert same.status_code == answer.status_code


def test_int_2_an_allowance_that_is_still_used_is_not_taken_away(station: StationDay) -> None:
    made = opened(station, url="http://10.21.3.4/x", allow_cidrs=["10.21.0.0/16"])
    taken = change(station, key_of(made), {"allow_cidrs": []})
    assert refused(taken) == (422, "webhook.address_refused")
    both = {"allow_cidrs": [], "url": "https://platform.example.gov.cn/x"}
    assert change(station, key_of(made), both).json()["allow_cidrs"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"url": "ftp://platform.example.gov.cn/x"},
        {"url": "https://user:password@platform.example.gov.cn/x"},
        {"url": "https://platform.example.gov.cn/x#part"},
        {"url": "https://2130706433/x"},
        {"url": "https://0x7f.1/x"},
        {"url": "https://127.1/x"},
        {"url": "https:///x"},
        {"url": "https://[::1/x"},
        {"url": "https://platform.example.gov.cn:99999/x"},
        {"url": "https://platform.example.gov.cn:0/x"},
        {"url": "https://平台.example.gov.cn/x"},
        {"url": "https://platform.example.gov.cn/\u0000"},
        {"url": "https://platform.example.gov.cn/" + "x" * 2000},
        {"url": 7},
        {"description": " "},
        {"description": "a\u0000b"},
        {"platform": "beijing"},
        {"scheme": "basic"},
        {"event_types": ["incident.unheard_of"]},
        {"event_types": ["webhook.test"]},
        {"event_types": "incident.acted"},
        {"unit_code": "51"},
        {"allow_cidrs": ["0.0.0.0/0"]},
        {"allow_cidrs": ["10.0.0.0/7"]},
        {"allow_cidrs": ["10.0.0.1/8"]},
        {"allow_cidrs": ["::/0"]},
        {"allow_cidrs": ["somewhere"]},
        {"allow_cidrs": [10]},
        {"allow_cidrs": ["10.0.0.0/8"] * 21},
        {"at_once": 0},
        {"at_once": 65},
        {"at_once": 10**30},
        {"credentials": {"app_key": "a b"}},
        {"credentials": {"app_key": "a\nb"}},
        {"credentials": {"password": "x"}},
        {"credentials": {"app_key": "a", "headers": {"signature": "X-App-Key"}}},
        {"credentials": {"app_key": "a", "headers": {"signature": "Content-Length"}}},
        {"credentials": {"app_key": "a", "headers": {"signature": "X:\r\nY"}}},
        {"secret": "has space"},
        {"state": "retired"},
    ],
    ids=range(40),
)
def test_bodies_out_of_form_are_refused(station: StationDay, body: dict[str, Any]) -> None:
    answer = station.post(ADMIN, "/webhook-endpoints", asked(**body))
    assert refused(answer) == (422, "request.malformed")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (HMAC | {"credentials": None}, 422, "webhook.credentials_missing"),
        (OAUTH | {"credentials": {"client_id": "a"}}, 422, "webhook.credentials_missing"),
        ({"inbound_scheme": "standard_webhooks"}, 422, "webhook.inbound_needs_platform"),
        ({"inbound_secret": SECRET}, 422, "webhook.inbound_needs_platform"),
        (INWARD | {"inbound_scheme": "oauth"}, 422, "webhook.inbound_needs_platform"),
        (INWARD | {"inbound_scheme": "hmac_header"}, 422, "webhook.credentials_missing"),
        ({"secret": "whsec_c2hvcnQ="}, 422, "webhook.not_a_key"),
        (HMAC | {"secret": "short"}, 422, "webhook.not_a_key"),
        (OAUTH | {"secret": SECRET}, 409, "webhook.no_keys"),
        ({"unit_code": "510185999"}, 422, "accounts.unknown_unit"),
        ({"unit_code": "510186"}, 403, "auth.forbidden"),
    ],
    ids=range(11),
)
def test_what_does_not_go_together_is_refused(
    station: StationDay, body: dict[str, Any], status: int, code: str
) -> None:
    answer = station.post(ADMIN, "/webhook-endpoints", asked(**body))
    assert refused(answer) == (status, code)
    assert station.get(ADMIN, "/webhook-endpoints").json()["items"] == []


def test_changes_are_checked_like_new_ones(station: StationDay) -> None:
    key = key_of(opened(station, **HMAC))
    gone = {"credentials": {"client_id": "a"}}
    assert refused(change(station, key, gone)) == (422, "webhook.credentials_missing")
    assert refused(change(station, key, {"unit_code": "510185999"}))[1] == "accounts.unknown_unit"
    assert refused(change(station, key, {"unit_code": "510186"})) == (403, "auth.forbidden")
    assert refused(change(station, key, {"scheme": "oauth"})) == (422, "request.malformed")
    now = change(station, key, {"unit_code": "510185001", "event_types": ["record.entered"]})
    assert (now.json()["unit_code"], now.json()["event_types"]) == ("510185001", ["record.entered"])
    assert change(station, key, {}).json() == now.json()
    changes = [event for event in audit(station, key) if event.name.endswith("changed")]
    assert len(changes) == 1
    do(station, key, "retire")
    assert refused(change(station, key, {"at_once": 4})) == (409, "webhook.not_in_state")
