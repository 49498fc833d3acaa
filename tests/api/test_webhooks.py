"""Endpoints, their keys, the catalogue and tests over HTTP (INT-1, INT-2)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, WebhookDelivery, WebhookEndpoint, WebhookEvent
from app.kit.ids import uuid7
from app.rules.delivery import AttemptTrigger, DeliveryState, EndpointState, SecretUse
from app.webhooks.keys import signing_secrets
from tests.api.station import EVENING, StationDay, refused
from tests.conftest import SignedIn
from tests.webhooks.told import act, told_to

ADMIN = "system_administrator"
URL = "https://platform.example.gov.cn/receive?token=in-the-address"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HMAC: dict[str, Any] = {"scheme": "hmac_header", "credentials": {"app_key": "grid-app"}}
OAUTH: dict[str, Any] = {
    "scheme": "oauth",
    "credentials": {
        "token_url": "https://login.example.gov.cn/token",
        "client_id": "grid",
        "client_secret": "client-secret-words",
    },
}
INWARD = {"platform": "chengdu", "inbound_scheme": "standard_webhooks"}


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def asked(**changes: Any) -> dict[str, Any]:
    """An endpoint as it is asked for."""
    return {"url": URL, "description": "市大联动平台", **changes}


def opened(station: StationDay, **changes: Any) -> dict[str, Any]:
    """The answer to one that was opened."""
    answer = station.post(ADMIN, "/webhook-endpoints", asked(**changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def key_of(made: dict[str, Any]) -> str:
    """Its key."""
    return str(made["endpoint"]["id"])


def change(station: StationDay, key: str, body: dict[str, Any], who: str = ADMIN) -> Response:
    """Change one."""
    headers = station.client.as_(who)
    path = f"/v1/webhook-endpoints/{key}"
    answer: Response = station.client.http.patch(path, headers=headers, json=body)
    return answer


def do(station: StationDay, key: str, act: str, who: str = ADMIN) -> Response:
    """Pause, resume, enable, retire, test."""
    return station.post(who, f"/webhook-endpoints/{key}/{act}", {})


def audit(station: StationDay, key: str) -> list[OutboxEvent]:
    """What is recorded of an endpoint."""
    found = select(OutboxEvent).where(OutboxEvent.subject_id == key).order_by(OutboxEvent.id)
    return list(station.db.scalars(found))


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


def test_int_2_a_key_is_rotated_with_an_overlap_and_expired(station: StationDay) -> None:
    made = opened(station)
    path = f"/webhook-endpoints/{key_of(made)}/secrets"
    first = station.post(ADMIN, path, {"overlap_hours": 48})
    assert first.status_code == 201
    assert (first.json()["expires_at"], first.json()["use"]) == (None, "outbound")
    station.at(EVENING + timedelta(minutes=1))
    given = station.post(ADMIN, path, {"secret": SECRET}).json()
    assert given["secret"] is None
    keys = station.get("command_centre", path).json()["items"]
    assert [key["id"] for key in keys][:2] == [given["id"], first.json()["id"]]
    assert len(keys) == 3
    day = (station.clock.now + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    assert [key["expires_at"] for key in keys] == [None, day, day]
    ended = station.post(ADMIN, f"{path}/{first.json()['id']}/expire", {}).json()
    assert ended["valid"] is False
    last = station.post(ADMIN, f"{path}/{given['id']}/expire", {})
    assert last.status_code == 200
    oldest = station.post(ADMIN, f"{path}/{keys[2]['id']}/expire", {})
    assert refused(oldest) == (409, "webhook.last_key")
    missing = station.post(ADMIN, f"{path}/{uuid7(station.clock.now)}/expire", {})
    assert refused(missing)[0] == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"overlap_hours": -1}, "request.malformed"),
        ({"overlap_hours": 169}, "request.malformed"),
        ({"overlap_hours": 1.5}, "request.malformed"),
        ({"use": "sideways"}, "request.malformed"),
        ({"secret": "whsec_%%%"}, "webhook.not_a_key"),
        ({"use": "inbound"}, "webhook.no_keys"),
    ],
    ids=range(6),
)
def test_rotations_that_are_refused(station: StationDay, body: dict[str, Any], code: str) -> None:
    path = f"/webhook-endpoints/{key_of(opened(station))}/secrets"
    assert refused(station.post(ADMIN, path, body))[1] == code


def test_at_most_ten_old_keys(station: StationDay) -> None:
    path = f"/webhook-endpoints/{key_of(opened(station))}/secrets"
    answers = [station.post(ADMIN, path, {"overlap_hours": 168}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [409]
    assert refused(answers[-1])[1] == "webhook.too_many_keys"


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
