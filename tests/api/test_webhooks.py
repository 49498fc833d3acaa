"""Endpoints, the catalogue and tests over HTTP (INT-1, INT-2)."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.kit.ids import uuid7
from app.rules.delivery import AttemptTrigger, DeliveryState, EndpointState, SecretUse
from app.webhooks.keys import signing_secrets
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
from tests.webhooks.told import act, told_to


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def test_int_1_opened_with_a_secret_that_is_shown_once(station: StationDay) -> None:
    made = opened(station, event_types=["incident.acted", "incident.acted"], at_once=3)
    assert made["secret"].startswith("whsec_")
    assert made["inbound_secret"] is None
    endpoint = made["endpoint"]
    assert (endpoint["state"], endpoint["unit_code"], endpoint["failures"]) == (
        "active",
        "510185",
        0,
    )
    assert endpoint["event_types"] == ["incident.acted"]
    assert station.get(ADMIN, f"/webhook-endpoints/{endpoint['id']}").json() == endpoint
    [listed] = station.get("command_centre", "/webhook-endpoints").json()["items"]
    assert listed == endpoint
    [key] = station.get(ADMIN, f"/webhook-endpoints/{endpoint['id']}/secrets").json()["items"]
    assert (key["use"], key["valid"], key["expires_at"]) == ("outbound", True, None)
    assert "secret" not in key
    key_id = UUID(endpoint["id"])
    held = signing_secrets(station.db, key_id, SecretUse.OUTBOUND, station.clock.now)
    assert held == [made["secret"]]


def test_int_1_a_platform_has_keys_of_its_own_in_each_direction(station: StationDay) -> None:
    made = opened(station, **INWARD, inbound_secret=SECRET)
    assert made["inbound_secret"] is None
    keys = station.get(ADMIN, f"/webhook-endpoints/{key_of(made)}/secrets").json()["items"]
    assert sorted(key["use"] for key in keys) == ["inbound", "outbound"]
    key = UUID(key_of(made))
    assert signing_secrets(station.db, key, SecretUse.INBOUND, station.clock.now) == [SECRET]
    again = station.post(ADMIN, "/webhook-endpoints", asked(**INWARD))
    assert refused(again) == (409, "webhook.platform_has_endpoint")
    assert do(station, str(key), "retire").status_code == 200
    other = opened(station, **INWARD)
    assert other["inbound_secret"].startswith("whsec_")
    assert other["inbound_secret"] != other["secret"]
    opened(station, platform="sichuan", **HMAC, inbound_scheme="hmac_header")


def test_int_1_credentials_go_in_and_are_never_shown(station: StationDay) -> None:
    made = opened(station, **OAUTH)
    assert (made["secret"], made["inbound_secret"]) == (None, None)
    assert made["endpoint"]["credentials_given"] == ["client_id", "client_secret", "token_url"]
    path = f"/webhook-endpoints/{key_of(made)}"
    new = OAUTH["credentials"] | {"client_secret": "other-secret-words"}
    assert change(station, key_of(made), {"credentials": new}).status_code == 200
    shown = station.get(ADMIN, path).text + station.get("command_centre", "/webhook-endpoints").text
    assert "secret-words" not in shown
    said = str([(event.name, event.facts) for event in audit(station, key_of(made))])
    assert "secret-words" not in said
    assert "in-the-address" not in said
    assert "platform.example.gov.cn" in said
    [stored] = station.db.scalars(select(WebhookEndpoint))
    assert stored.credentials["client_secret"] == "other-secret-words"
    assert refused(station.post(ADMIN, f"{path}/secrets", {})) == (409, "webhook.no_keys")


def test_int_2_each_act_is_on_the_record_without_a_secret(station: StationDay) -> None:
    made = opened(station, **INWARD)
    key = key_of(made)
    rotated = station.post(ADMIN, f"/webhook-endpoints/{key}/secrets", {}).json()
    keys = station.get(ADMIN, f"/webhook-endpoints/{key}/secrets").json()["items"]
    old = next(one["id"] for one in keys if one["use"] == "outbound" and one["expires_at"])
    station.post(ADMIN, f"/webhook-endpoints/{key}/secrets/{old}/expire", {})
    change(station, key, {"at_once": 2, "description": "新名称"})
    for name in ("test", "pause", "resume", "retire"):
        assert do(station, key, name).status_code in {200, 201}
    recorded = audit(station, key)
    assert [event.name for event in recorded] == [
        "webhook_endpoint.opened",
        "webhook_key.rotated",
        "webhook_key.expired",
        "webhook_endpoint.changed",
        "webhook_endpoint.tested",
        "webhook_endpoint.paused",
        "webhook_endpoint.resumed",
        "webhook_endpoint.retired",
    ]
    assert all(event.account_id is not None for event in recorded)
    assert recorded[3].facts["changed"] == ["at_once", "description"]
    said = str([event.facts for event in recorded])
    for secret in (made["secret"], made["inbound_secret"], rotated["secret"]):
        assert secret not in said


def test_int_2_paused_resumed_enabled_and_retired(station: StationDay) -> None:
    key = key_of(opened(station))
    assert do(station, key, "pause").json()["state"] == "paused"
    again = do(station, key, "pause")
    assert refused(again) == (409, "webhook.not_in_state")
    assert again.json()["facts"] == {"state": "paused", "allowed": ["resume", "retire"]}
    assert refused(do(station, key, "test"))[1] == "webhook.not_in_state"
    assert do(station, key, "resume").json()["state"] == "active"
    assert refused(do(station, key, "enable"))[1] == "webhook.not_in_state"
    disable(station, key)
    assert refused(do(station, key, "resume"))[1] == "webhook.not_in_state"
    enabled = do(station, key, "enable").json()
    assert (enabled["state"], enabled["why_disabled"]) == ("active", None)
    assert (enabled["failures"], enabled["failing_since"], enabled["rests_until"]) == (
        0,
        None,
        None,
    )
    retired = do(station, key, "retire").json()
    assert (retired["state"], retired["retired_at"] is not None) == ("retired", True)
    for name in ("retire", "resume", "enable", "test", "pause"):
        assert refused(do(station, key, name)) == (409, "webhook.not_in_state")
    rotated = station.post(ADMIN, f"/webhook-endpoints/{key}/secrets", {})
    assert refused(rotated) == (409, "webhook.not_in_state")


def disable(station: StationDay, key: str) -> None:
    """As the deliverers do it after days of failures."""
    endpoint = station.db.get_one(WebhookEndpoint, UUID(key))
    endpoint.state, endpoint.why_disabled = EndpointState.DISABLED, "gone"
    endpoint.failures, endpoint.failing_since = 7, station.clock.now
    endpoint.rests_until = endpoint.failed_last_at = station.clock.now
    station.db.commit()


def test_int_2_what_waits_for_a_retired_endpoint_is_given_up(station: StationDay) -> None:
    key, other = key_of(opened(station)), key_of(opened(station))
    act(station.db)
    act(station.db)
    station.db.commit()
    do(station, key, "retire")
    act(station.db)
    states = {
        endpoint: [
            state
            for owner, state in station.db.execute(
                select(WebhookDelivery.endpoint_id, WebhookDelivery.state)
            )
            if str(owner) == endpoint
        ]
        for endpoint in (key, other)
    }
    assert states == {key: [DeliveryState.DEAD] * 2, other: [DeliveryState.PENDING] * 3}
    assert [one["id"] for one in station.get(ADMIN, "/webhook-endpoints").json()["items"]] == [
        other
    ]
    gone = station.get(ADMIN, "/webhook-endpoints", state="retired").json()["items"]
    assert [one["id"] for one in gone] == [key]


def test_int_2_a_test_goes_to_one_endpoint_alone(station: StationDay) -> None:
    key, other = key_of(opened(station, event_types=["record.entered"])), key_of(opened(station))
    first, second = do(station, key, "test"), do(station, key, "test")
    assert first.status_code == 201
    told = [UUID(answer.json()["event_id"]) for answer in (first, second)]
    assert told_to(station.db, station.db.get_one(WebhookEndpoint, UUID(key))) == told
    assert told_to(station.db, station.db.get_one(WebhookEndpoint, UUID(other))) == []
    tests = [station.db.get_one(WebhookEvent, event_id) for event_id in told]
    assert [(event.type, event.number) for event in tests] == [
        ("webhook.test", 1),
        ("webhook.test", 2),
    ]
    assert tests[0].data == {"sent_at": station.clock.now.isoformat()}
    triggers = station.db.scalars(select(WebhookDelivery.trigger)).all()
    assert triggers == [AttemptTrigger.TEST, AttemptTrigger.TEST]


OFFICES = ["station_lead", "township", "leading_group_office", "auditor", "platform",
           "security_administrator", "510185001001001"]  # fmt: skip


@pytest.mark.parametrize("who", [*OFFICES, "command_centre"])
def test_only_the_system_administrator_keeps_endpoints(station: StationDay, who: str) -> None:
    made = opened(station)
    key = key_of(made)
    looks = [
        station.get(who, path)
        for path in (
            "/webhook-endpoints",
            f"/webhook-endpoints/{key}",
            f"/webhook-endpoints/{key}/secrets",
            "/webhook-event-types",
        )
    ]
    acts = [
        station.post(who, "/webhook-endpoints", asked()),
        change(station, key, {"allow_cidrs": ["10.0.0.0/8"]}, who),
        station.post(who, f"/webhook-endpoints/{key}/secrets", {}),
        *(do(station, key, name, who) for name in ("pause", "resume", "enable", "retire", "test")),
    ]
    assert {answer.status_code for answer in acts} == {403}
    assert {answer.status_code for answer in looks} == {200 if who == "command_centre" else 403}
    assert made["secret"] not in "".join(answer.text for answer in looks)


def test_lists_are_scoped_filtered_and_paged(station: StationDay) -> None:
    one = key_of(opened(station, unit_code="510185001"))
    two = key_of(opened(station, platform="sichuan"))
    three = key_of(opened(station, unit_code="510185002"))
    do(station, three, "pause")

    def keys(**query: str | int) -> list[str]:
        found = station.get(ADMIN, "/webhook-endpoints", **query).json()["items"]
        return [item["id"] for item in found]

    assert sorted(keys()) == sorted([one, two, three])
    assert keys(unit="510185001") == [one]
    assert keys(unit="510185001001") == []
    assert keys(state="paused") == [three]
    assert keys(platform="sichuan") == [two]
    assert refused(station.get(ADMIN, "/webhook-endpoints", unit="510186"))[0] == 404
    seen: list[str] = []
    cursor = ""
    while True:
        page = station.get(
            ADMIN, "/webhook-endpoints", limit=1, **({"cursor": cursor} if cursor else {})
        ).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"] or ""
        if not cursor:
            break
    assert seen == keys()
    for bad in ("x", "WzFd", "WyJhIiwiYiJd"):
        answer = station.get(ADMIN, "/webhook-endpoints", cursor=bad)
        assert refused(answer) == (422, "request.bad_cursor")
    missing = station.get(ADMIN, f"/webhook-endpoints/{uuid7(station.clock.now)}")
    assert refused(missing) == (404, "request.not_found")


def test_the_catalogue_names_every_type_with_schema_example_and_headers(
    station: StationDay,
) -> None:
    found = station.get("command_centre", "/webhook-event-types").json()
    names = [told["name"] for told in found["items"]]
    assert {"incident.acted", "incident.card_drawn", "record.entered", "webhook.test"} <= set(names)
    assert len(names) == len(set(names))
    for told in found["items"]:
        assert told["json_schema"]["properties"]["type"] == {"const": told["name"]}
        assert told["example"]["type"] == told["name"]
    assert set(found["headers"]) == {"standard_webhooks", "hmac_header", "oauth"}
