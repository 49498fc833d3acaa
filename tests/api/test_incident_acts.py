"""Acts of offices on events over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import IncidentAct
from app.incidents.sweeping import sweep
from app.kit.ids import uuid7
from app.rules.incidents import Act
from tests.api.station import GRID, NEIGHBOUR, StationDay, refused
from tests.conftest import SignedIn
from tests.incidents.facts import ELSEWHERE, FAR, Street, at, said

NINE = at("09:00")
NOON = at("12:00")


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    found = StationDay(api, client, db)
    found.at(at("09:30"))
    return found


@pytest.fixture
def street(station: StationDay) -> Street:
    return Street(station.db, station.client.city)


@pytest.fixture
def key(street: Street) -> UUID:
    """A major event, with community and township."""
    found = street.reported(NINE, severity="major")
    street.db.commit()
    return found


def acts(
    station: StationDay, who: str, key: UUID, act: Act, path: str = "acts", **changes: Any
) -> Response:
    body = {"id": str(uuid7(NINE)), **said(act, **changes)}
    return station.post(who, f"/incidents/{key}/{path}", body)


def test_evt_1_taken_up_handed_on_and_closed(station: StationDay, key: UUID) -> None:
    taken = acts(station, "station_lead", key, Act.TAKE_UP)
    assert taken.status_code == 201
    assert taken.json() | {"number": 2, "was": "held", "became": "handling"} == taken.json()
    up = acts(station, "station_lead", key, Act.ESCALATE).json()
    assert (up["tier"], up["to_tier"], up["became"]) == ("community", "township", "held")
    closed = acts(station, "township", key, Act.CLOSE).json()
    assert (closed["number"], closed["became"], closed["incident_id"]) == (4, "closed", str(key))
    late = acts(station, "township", key, Act.CLOSE)
    assert refused(late) == (409, "incident.act_not_allowed")
    assert late.json()["facts"] == {"state": "closed", "held_by": [], "allowed": []}


def test_the_same_act_again_is_answered_with_the_first(station: StationDay, key: UUID) -> None:
    whole = {"id": str(uuid7(NINE)), **said(Act.TAKE_UP)}
    path = f"/incidents/{key}/acts"
    first, again = (station.post("station_lead", path, whole) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = station.post("station_lead", path, {**whole, "reason": "另有说明"})
    assert refused(other) == (409, "incident.act_id_reused")


def test_evt_1_what_is_open_to_whom(station: StationDay, key: UUID) -> None:
    path = f"/incidents/{key}/allowed-acts"
    lead = station.get("station_lead", path).json()
    assert (lead["tier"], lead["held_by"]) == ("community", ["community", "township"])
    assert (lead["state"], lead["acts"], lead["escalate_to"]) == ("held", 1, ["township", "centre"])
    assert {"take_up", "escalate", "close", "find_false"} <= set(lead["allowed"])
    assert station.get("command_centre", path).json()["allowed"] == ["give_help"]
    assert station.get("leading_group_office", path).json()["tier"] == "office"
    worker = station.get(GRID, f"/me{path}").json()
    assert (worker["tier"], worker["allowed"]) == ("grid", ["withdraw"])
    assert refused(station.get(NEIGHBOUR, f"/me{path}"))[0] == 404
    assert refused(station.get(GRID, f"/me/incidents/{uuid4()}/allowed-acts"))[0] == 404
    assert refused(station.get("station_lead", f"/incidents/{uuid4()}/allowed-acts"))[0] == 404


def test_org_1_what_lies_beyond_ones_unit(station: StationDay, street: Street) -> None:
    elsewhere = street.reported(NINE, grid=ELSEWHERE, lon=0, lat=0, severity="major")
    far = street.reported(NINE, grid=FAR, lon=0, lat=0, severity="major")
    street.db.commit()
    for who, key in (("station_lead", elsewhere), ("township", far)):
        assert refused(station.get(who, f"/incidents/{key}/allowed-acts"))[0] == 404
        assert refused(acts(station, who, key, Act.GIVE_HELP)) == (403, "auth.forbidden")
    assert acts(station, "township", elsewhere, Act.TAKE_UP).status_code == 201
    assert acts(station, "command_centre", far, Act.GIVE_HELP).status_code == 201
    assert refused(acts(station, "township", uuid4(), Act.TAKE_UP))[0] == 404


@pytest.mark.parametrize(
    "who",
    [
        GRID,
        "information_administrator",
        "leading_group_office",
        "finance",
        "platform",
        "auditor",
        "system_administrator",
        "security_administrator",
    ],
)
def test_org_1_who_may_not_act_on_events(station: StationDay, key: UUID, who: str) -> None:
    assert refused(acts(station, who, key, Act.GIVE_HELP)) == (403, "auth.forbidden")


@pytest.mark.parametrize("who", [GRID, "information_administrator", "finance", "auditor"])
def test_org_1_who_may_not_decide(station: StationDay, key: UUID, who: str) -> None:
    answer = acts(station, who, key, Act.DECIDE_EXTENSION, "decisions")
    assert refused(answer) == (403, "auth.forbidden")


def test_evt_3_the_office_decides_on_the_centre_s_extension(
    station: StationDay, street: Street
) -> None:
    key = street.reported(NINE, severity="major", straight_to_centre=True)
    street.db.commit()
    none_asked = acts(station, "leading_group_office", key, Act.DECIDE_EXTENSION, "decisions")
    assert refused(none_asked) == (409, "incident.act_not_allowed")
    asked = acts(station, "command_centre", key, Act.ASK_EXTENSION, hours="2.5")
    assert asked.status_code == 201
    granted = acts(station, "leading_group_office", key, Act.DECIDE_EXTENSION, "decisions")
    assert (granted.status_code, granted.json()["tier"]) == (201, "office")
    again = acts(station, "leading_group_office", key, Act.DECIDE_EXTENSION, "decisions")
    assert refused(again) == (409, "incident.act_not_allowed")


def test_evt_3_a_higher_tier_withdraws_a_card(
    api: FastAPI, station: StationDay, street: Street, key: UUID
) -> None:
    sweep(api.state.sessions, NOON)
    station.at(NOON)
    community, township = sorted(street.cards(key), key=lambda card: card.tier.value)
    for path, who, card, expected in (
        ("decisions", "station_lead", community, (409, "incident.act_not_allowed")),
        ("decisions", "leading_group_office", community, None),
        ("acts", "command_centre", township, None),
    ):
        body = {"id": str(uuid7(NOON)), **said(Act.WITHDRAW_CARD, card_id=str(card.id))}
        answer = station.post(who, f"/incidents/{key}/{path}", body)
        assert (answer.status_code == 201) if expected is None else refused(answer) == expected
    street.db.expire_all()
    assert all(card.withdrawn_at == NOON for card in street.cards(key))


def test_only_decisions_are_taken_there(station: StationDay, key: UUID) -> None:
    answer = acts(station, "station_lead", key, Act.CLOSE, "decisions")
    assert refused(answer) == (422, "request.malformed")


@pytest.mark.parametrize(
    ("act", "changes", "code"),
    [
        (Act.CLOSE, {"result": None}, "incident.act_fields_wrong"),
        (Act.CLOSE, {"result": "x", "hours": 3}, "incident.act_fields_wrong"),
        (Act.ESCALATE, {"to": "office"}, "incident.escalated_too_far"),
        (Act.REGRADE, {"severity": "major"}, "incident.regrade_changes_nothing"),
        (Act.REGRADE, {"severity": None, "category": "nothing"}, "incident.category_unknown"),
        (Act.LINK_DUPLICATE, {"duplicate_of": str(UUID(int=7))}, "incident.duplicate_unfit"),
        (Act.REPORT, {}, "incident.act_not_allowed"),
        (Act.PLATFORM_WORD, {}, "incident.act_not_allowed"),
        (Act.RETURN, {}, "incident.act_not_allowed"),
        (Act.CLOSE, {"result": "\x00"}, "request.malformed"),
        (Act.CLOSE, {"result": "x" * 4001}, "request.malformed"),
        (Act.CLOSE, {"id": "1"}, "request.malformed"),
        (Act.CLOSE, {"id": str(UUID(int=1))}, "request.malformed"),
        (Act.CLOSE, {"incident_id": str(UUID(int=1))}, "request.malformed"),
        (Act.CLOSE, {"lon": 104.5}, "request.malformed"),
        (Act.CLOSE, {"lon": 1e309, "lat": 1}, "request.malformed"),
        (Act.CLOSE, {"accuracy_m": 5}, "request.malformed"),
        (Act.CLOSE, {"photos": ["x"]}, "request.malformed"),
        (Act.ASK_EXTENSION, {"hours": 0}, "request.malformed"),
        (Act.ASK_EXTENSION, {"hours": 2001}, "request.malformed"),
        (Act.ASK_EXTENSION, {"hours": 1.234}, "request.malformed"),
        (Act.ASK_EXTENSION, {"hours": 10**30}, "request.malformed"),
        (Act.REGRADE, {"category": "a.b.c"}, "request.malformed"),
        (Act.VERIFY, {"score": 3}, "request.malformed"),
    ],
    ids=str,
)
def test_what_is_not_taken(
    station: StationDay, key: UUID, act: Act, changes: dict[str, Any], code: str
) -> None:
    answer = acts(station, "station_lead", key, act, **_finite(changes))
    assert refused(answer)[1] == code
    assert answer.status_code in (409, 422)
    station.db.rollback()
    assert len(station.db.scalars(select(IncidentAct)).all()) == 1


def _finite(changes: dict[str, Any]) -> dict[str, Any]:
    """Infinity can't be written as JSON; as a text it is as wrong."""
    return {name: str(value) if value == float("inf") else value for name, value in changes.items()}


def test_refusals_are_told_in_both_languages(station: StationDay, key: UUID) -> None:
    body = {"id": str(uuid7(NINE)), **said(Act.UNLINK)}
    titles = [
        station.client.http.post(
            f"/v1/incidents/{key}/acts",
            headers={**station.client.as_("township"), "Accept-Language": language},
            json=body,
        ).json()["title"]
        for language in ("zh", "en")
    ]
    assert titles[0].startswith("事件当前状态不允许")
    assert titles[1].startswith("This act does not fit")
