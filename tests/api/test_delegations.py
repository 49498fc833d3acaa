"""Delegations: made, listed, revoked; what a stand-in then finds waiting (HIRE-1, CON-5)."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent
from app.kit.ids import uuid7
from tests.api.approval_desk import GRID, Desk
from tests.api.station import StationDay, refused
from tests.approvals.facts import COMMUNITY, NOW, Offices
from tests.city import City
from tests.conftest import SignedIn

TODAY = NOW.date()


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session, city: City) -> Desk:
    return Desk(StationDay(api, client, db), Offices(db, city))


def given(desk: Desk, to: str, **changes: Any) -> dict[str, Any]:
    """A delegation as it is asked for, today to in three days."""
    body: dict[str, Any] = {
        "id": str(uuid7(NOW)),
        "to_account": str(desk.offices.who(to).account_id),
        "first_day": TODAY.isoformat(),
        "last_day": (TODAY + timedelta(days=3)).isoformat(),
        "reason": "外出培训",
    }
    return body | changes


def test_con_5_a_lead_on_the_road_lets_the_township_decide(desk: Desk) -> None:
    leave = desk.leave()
    assert refused(desk.steps("township", leave, 2)) == (403, "approvals.not_your_step")
    body = given(desk, "township")
    made = desk.station.post("station_lead", "/delegations", body)
    assert made.status_code == 201, made.text
    out = made.json()
    assert (out["from_name"], out["to_name"], out["tier"], out["in_force"]) == (
        "station_lead",
        "township",
        "community",
        True,
    )
    assert desk.station.post("station_lead", "/delegations", body).json() == out
    assert [row["id"] for row in desk.listed("township", waits_for="me")] == [str(leave)]
    decided = desk.steps("township", leave, 2)
    assert decided.status_code == 200, decided.text
    step = decided.json()["steps"][1]
    assert (step["taken_by_name"], step["stood_in_for_name"]) == ("township", "station_lead")
    assert step["facts"] == {"delegation": out["id"]}
    [told] = desk.db.scalars(select(OutboxEvent).where(OutboxEvent.name == "approval.delegated"))
    assert told.facts["to_account"] == body["to_account"]


def test_revoked_it_is_over_at_once_and_only_once(desk: Desk) -> None:
    desk.offices.add("second_lead", COMMUNITY, "station_lead")
    desk.db.commit()
    leave = desk.leave()
    key = desk.station.post("station_lead", "/delegations", given(desk, "township")).json()["id"]
    path = f"/delegations/{key}/revocation"
    assert refused(desk.station.post("second_lead", path, {})) == (403, "auth.forbidden")
    revoked = desk.station.post("station_lead", path, {})
    assert (revoked.status_code, revoked.json()["in_force"]) == (200, False)
    assert refused(desk.station.post("station_lead", path, {})) == (
        409,
        "approvals.delegation_over",
    )
    assert refused(desk.steps("township", leave, 2))[1] == "approvals.not_your_step"
    assert desk.listed("township", waits_for="me") == []
    again = desk.station.post("station_lead", "/delegations", given(desk, "township"))
    assert again.status_code == 201, "a revoked one does not overlap"
    upper = f"/delegations/{again.json()['id']}/revocation"
    assert desk.station.post("command_centre", upper, {}).status_code == 200


def test_org_1_stand_ins_belong_to_the_unit_or_above_it(desk: Desk) -> None:
    desk.offices.add("other_lead", "510185001002", "station_lead")
    desk.offices.add("other_township", "510185002", "township")
    desk.offices.add("gone", "510185001", "township").disabled_at = NOW
    desk.db.commit()
    for unfit in ("other_lead", "other_township", "gone", GRID, "information_administrator"):
        answer = desk.station.post("station_lead", "/delegations", given(desk, unfit))
        assert refused(answer) == (422, "approvals.stand_in_unfit"), unfit
    to_oneself = desk.station.post("station_lead", "/delegations", given(desk, "station_lead"))
    assert refused(to_oneself)[1] == "approvals.stand_in_unfit"
    downward = desk.station.post("township", "/delegations", given(desk, "station_lead"))
    assert refused(downward)[1] == "approvals.stand_in_unfit"
    stand_ins = desk.station.get("station_lead", "/delegations/stand-ins").json()
    assert [found["name"] for found in stand_ins] == [
        "township",
        "command_centre",
        "leading_group_office",
    ]
    assert stand_ins[0]["tiers"] == ["township"]
    for who in (GRID, "information_administrator", "finance"):
        assert refused(desk.station.post(who, "/delegations", given(desk, "township")))[0] == 403


def test_org_1_the_tier_above_gives_the_place_of_who_is_absent(desk: Desk) -> None:
    desk.offices.add("second_lead", COMMUNITY, "station_lead")
    desk.offices.add("other_township", "510185002", "township")
    desk.db.commit()
    lead = str(desk.offices.who("station_lead").account_id)
    body = given(desk, "second_lead", from_account=lead)
    assert refused(desk.station.post("second_lead", "/delegations", body))[0] == 403
    assert refused(desk.station.post("other_township", "/delegations", body))[0] == 404
    made = desk.station.post("township", "/delegations", body)
    assert (made.status_code, made.json()["from_name"]) == (201, "station_lead")
    worker = str(desk.offices.who(GRID).account_id)
    of_worker = desk.station.post(
        "township", "/delegations", given(desk, "township") | {"from_account": worker}
    )
    assert refused(of_worker)[0] == 403


def test_who_acts_for_several_tiers_says_for_which(desk: Desk) -> None:
    desk.offices.add("both", "510185", "command_centre", "leading_group_office")
    desk.db.commit()
    unclear = desk.station.post("both", "/delegations", given(desk, "command_centre"))
    assert refused(unclear) == (422, "approvals.delegation_tier")
    assert unclear.json()["facts"]["tiers"] == ["centre", "office"]
    not_its_own = given(desk, "command_centre", tier="township")
    assert refused(desk.station.post("both", "/delegations", not_its_own))[0] == 422
    for tier, to in (("office", "leading_group_office"), ("centre", "command_centre")):
        clear = desk.station.post("both", "/delegations", given(desk, to, tier=tier))
        assert (clear.status_code, clear.json()["tier"]) == (201, tier)


def test_hire_1_no_lower_tier_stands_in_for_a_higher_one(desk: Desk) -> None:
    """The office and the centre are of one unit: the centre would review and approve."""
    downward = desk.station.post(
        "leading_group_office", "/delegations", given(desk, "command_centre")
    )
    assert refused(downward) == (422, "approvals.stand_in_unfit")
    upward = given(desk, "leading_group_office")
    assert desk.station.post("command_centre", "/delegations", upward).status_code == 201
    assert desk.station.get("leading_group_office", "/delegations/stand-ins").json() == []
    found = desk.station.get("command_centre", "/delegations/stand-ins").json()
    assert [one["name"] for one in found] == ["leading_group_office"]


def test_dates_overlaps_and_ids(desk: Desk) -> None:
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    in_arrears = given(desk, "township", first_day=yesterday)
    assert refused(desk.station.post("station_lead", "/delegations", in_arrears)) == (
        422,
        "approvals.delegation_in_arrears",
    )
    first = given(desk, "township")
    assert desk.station.post("station_lead", "/delegations", first).status_code == 201
    last = date.fromisoformat(first["last_day"])
    touching = given(desk, "township", first_day=last.isoformat(), last_day=last.isoformat())
    assert refused(desk.station.post("station_lead", "/delegations", touching)) == (
        409,
        "approvals.delegation_overlaps",
    )
    after = (last + timedelta(days=1)).isoformat()
    apart = given(desk, "township", first_day=after, last_day=after)
    assert desk.station.post("station_lead", "/delegations", apart).status_code == 201
    assert desk.station.post("station_lead", "/delegations", first).status_code == 201
    for other in (first | {"reason": "住院"}, first | {"tier": "township"}):
        assert refused(desk.station.post("station_lead", "/delegations", other)) == (
            409,
            "approvals.id_reused",
        )


def test_delegations_are_listed_for_the_unit_and_for_both_sides(desk: Desk) -> None:
    key = desk.station.post("station_lead", "/delegations", given(desk, "township")).json()["id"]
    desk.offices.add("other_lead", "510185001002", "station_lead")
    desk.db.commit()
    for who in ("station_lead", "township", "command_centre"):
        page = desk.station.get(who, "/delegations").json()
        assert [found["id"] for found in page["items"]] == [key]
    assert desk.station.get("other_lead", "/delegations").json()["items"] == []
    assert refused(desk.station.get("other_lead", "/delegations", unit=COMMUNITY))[0] == 404
    later = (TODAY + timedelta(days=4)).isoformat()
    assert desk.station.get("township", "/delegations", on=later).json()["items"] == []
    text = desk.station.get("township", "/delegations", format="csv").text
    assert "委托人" in text
    assert "外出培训" in text
    assert refused(desk.station.get("township", "/delegations", cursor="x"))[0] == 422


@pytest.mark.parametrize(
    "change",
    [
        {"last_day": "2026-03-17"},
        {"last_day": "2027-03-20"},
        {"first_day": "0001-01-01"},
        {"first_day": "9999-12-31"},
        {"to_account": "me"},
        {"tier": "city"},
        {"reason": " "},
        {"reason": "a\x00b"},
        {"id": "5f6d2e8e-3c3f-4f43-8a5c-000000000000"},
        {"unit_code": "510185"},
    ],
)
def test_delegations_out_of_form_are_refused(desk: Desk, change: dict[str, Any]) -> None:
    answer = desk.station.post("station_lead", "/delegations", given(desk, "township") | change)
    assert refused(answer) == (422, "request.malformed")
