"""What held of a worker at the end of any past date, with the values then in force."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.conduct.basis import Evidence
from app.conduct.proposing import Found, propose
from app.contracts.ending import end_contract
from app.db.models import (
    ConductEvidence,
    Contract,
    Leave,
    ParameterValue,
    Payroll,
    PayStandard,
    PayStatement,
    Resignation,
)
from app.kit.ids import uuid7
from app.rules.appraisal import Result
from app.rules.conduct import Ground, PenaltyKind, ProposalSource, ProposalState
from app.rules.duty import Half
from app.rules.hiring import ApplicationState, ContractEnd, ContractOrigin, RetirementPost
from app.rules.pay import PayrollState, StandardKind
from app.rules.procedures import LeaveKind, RequestState
from tests.api.station import GRID, StationDay, refused
from tests.appraisal.years import AFTER, YEAR, YearWritten
from tests.city import City
from tests.conftest import SignedIn

OTHER_COMMUNITY = "510185001002"
FAR = "510185002001001"


def at(day: date, hour: int = 2) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def written(db: Session, city: City) -> YearWritten:
    return YearWritten(db, city)


@pytest.fixture
def station(api: FastAPI, client: SignedIn, db: Session, written: YearWritten) -> StationDay:
    day = StationDay(api, client, db)
    day.at(AFTER)
    return day


def stood(station: StationDay, on: date, who: str = "station_lead") -> dict[str, Any]:
    worker_id = station.client.city.workers[GRID]
    answer = station.get(who, f"/workers/{worker_id}/standing", on=on.isoformat())
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_con_2_a_penalty_as_it_stood_before_and_after_it_was_overturned(
    station: StationDay, written: YearWritten
) -> None:
    first = written.penalty(GRID, date(2026, 4, 30), PenaltyKind.WARNING, date(2026, 5, 12))
    written.overturn(first, at(date(2026, 6, 1)))
    written.penalty(GRID, date(2026, 5, 31), PenaltyKind.WARNING, date(2026, 6, 12))
    seen = {
        day: [(one["standing"], one["in_force"], one["counts"]) for one in found["penalties"]]
        + [found["next_rung"]]
        for day in (date(2026, 5, 11), date(2026, 5, 12), date(2026, 5, 31), date(2026, 6, 1),
                    date(2026, 6, 12), date(2026, 7, 11), date(2026, 7, 12), date(2027, 1, 2))
        for found in [stood(station, day)]
    }  # fmt: skip
    gone = (None, False, False)
    assert list(seen.values()) == [
        ["warning"],
        [("warning", True, True), "demerit"],
        [("warning", True, True), "demerit"],
        [gone, "warning"],
        [gone, ("warning", True, True), "demerit"],
        [gone, ("warning", True, True), "demerit"],
        [gone, ("warning", False, True), "demerit"],
        [gone, ("warning", False, False), "warning"],
    ]


def test_con_1_a_proposal_is_shown_while_nobody_had_decided(
    station: StationDay, written: YearWritten
) -> None:
    found = Found(
        worker_id=written.city.workers[GRID],
        community_code=GRID[:12],
        ground=Ground.A4,
        occurred_on=date(2026, 5, 8),
        evidence=Evidence(True, {}, [], "误报重大事件"),
        source=ProposalSource.RECORDED,
        found_by=None,
    )
    proposal = propose(written.db, found, at(date(2026, 5, 11)))
    assert proposal is not None
    proposal.state, proposal.closed_at = ProposalState.LAPSED, at(date(2026, 5, 20))
    written.db.commit()
    days = (date(2026, 5, 10), date(2026, 5, 11), date(2026, 5, 19), date(2026, 5, 20))
    assert [
        [(one["state"], one["clause"]) for one in stood(station, day)["proposals"]] for day in days
    ] == [[], [("proposed", "四(一)4")], [("proposed", "四(一)4")], []]


def test_con_1_the_term_to_answer_is_that_of_the_evidence_of_then(
    station: StationDay, written: YearWritten
) -> None:
    found = Found(
        worker_id=written.city.workers[GRID],
        community_code=GRID[:12],
        ground=Ground.B3,
        occurred_on=date(2026, 4, 30),
        evidence=Evidence(True, {"active": 3}),
        source=ProposalSource.DETECTED,
        found_by=None,
    )
    told, again = at(date(2026, 5, 11)), at(date(2026, 5, 14))
    proposal = propose(written.db, found, told)
    assert proposal is not None
    first = written.db.get_one(ConductEvidence, (proposal.id, 1))
    written.db.add(
        ConductEvidence(
            proposal_id=proposal.id, number=2, digest="2", stands=True, because={}, records=[],
            said=None, rules_version=first.rules_version, found_at=again,
        )
    )  # fmt: skip
    proposal.evidence, proposal.told_at, proposal.answer_until = 2, again, date(2026, 5, 21)
    written.db.commit()
    assert [
        [(one["evidence"], one["answer_until"]) for one in stood(station, day)["proposals"]]
        for day in (date(2026, 5, 13), date(2026, 5, 14))
    ] == [[(1, "2026-05-18")], [(2, "2026-05-21")]]


def test_apr_1_a_month_as_it_stood_when_it_was_open_closed_and_revised(
    station: StationDay, written: YearWritten
) -> None:
    written.months(GRID[:12], {GRID: ["55", "88.10"]})
    january = date(YEAR, 1, 1)
    written.revise(GRID, january, Result.PASS, at(date(2026, 3, 2)))
    shown = {
        day: [(one["state"], one["result"], one["revision"]) for one in found["months"]]
        for day in (date(2026, 2, 4), date(2026, 2, 5), date(2026, 2, 6), date(2026, 2, 7),
                    date(2026, 3, 2), date(2026, 12, 31), date(2027, 1, 1))
        for found in [stood(station, day)]
    }  # fmt: skip
    assert list(shown.values()) == [
        [],
        [("open", None, None)],
        [("open", "fail", None)],
        [("closed", "fail", None)],
        [("closed", "pass", "pass")],
        [("closed", "pass", "pass"), ("closed", "pass", None)],
        [],
    ]


def test_hire_3_a_contract_ends_as_far_as_it_was_known(
    station: StationDay, written: YearWritten
) -> None:
    begin = date(2026, 1, 1)
    row = Contract(
        id=uuid7(at(begin)),
        worker_id=written.city.workers[GRID],
        community_code=GRID[:12],
        origin=ContractOrigin.EARLIER,
        signed_on=begin,
        first_day=begin,
        term_ends_on=date(2026, 12, 31),
        born={"born": "1990-01-01"},
        retirement_post=RetirementPost.MEN,
        retires_on=date(2053, 1, 1),
        signed_by=written.office("station_lead"),
        recorded_at=at(begin),
    )
    written.db.add(row)
    written.db.flush()
    end_contract(
        written.db,
        row.worker_id,
        date(2026, 6, 30),
        ContractEnd.AGREEMENT,
        by=written.office("station_lead"),
        reason="双方协商",
        case_id=None,
        now=at(date(2026, 6, 10)),
    )
    written.db.commit()
    station.at(at(date(2026, 6, 20)))
    known = {day: stood(station, day)["contract"] for day in (date(2026, 6, 9), date(2026, 6, 10))}
    assert [(one["ends_on"], one["end_cause"]) for one in known.values() if one] == [
        ("2026-12-31", None), ("2026-06-30", "agreement")
    ]  # fmt: skip
    station.at(AFTER)
    assert stood(station, date(2026, 7, 1))["contract"] is None
    assert stood(station, date(2026, 7, 1))["post"] is None
    before = stood(station, date(2026, 6, 30))
    assert (before["contract"]["id"], before["post"]["employment"]) == (str(row.id), "full_time")
    assert [one["grid_code"] for one in before["grids"]] == [GRID]


def test_con_4_resignation_and_leave_of_the_date(station: StationDay, written: YearWritten) -> None:
    worker_id, asked_at = written.city.workers[GRID], at(date(2026, 5, 4))
    written.db.add(
        Resignation(
            id=uuid7(asked_at),
            worker_id=worker_id,
            community_code=GRID[:12],
            said="家庭原因",
            last_day=date(2026, 6, 30),
            asked_at=asked_at,
            received_at=asked_at,
            state=ApplicationState.OPEN,
        )
    )
    written.db.add(
        Leave(
            id=uuid7(asked_at),
            worker_id=worker_id,
            community_code=GRID[:12],
            kind=LeaveKind.SICK,
            first_day=date(2026, 5, 6),
            first_half=Half.MORNING,
            last_day=date(2026, 5, 8),
            last_half=Half.AFTERNOON,
            reason="感冒",
            requested_at=asked_at,
            state=RequestState.APPROVED,
            decided_at=at(date(2026, 5, 7)),
            decided_by=written.office("station_lead"),
        )
    )
    written.db.commit()
    assert stood(station, date(2026, 5, 3))["resignation"] is None
    assert stood(station, date(2026, 5, 4))["resignation"]["state"] == "open"
    covered = {day: stood(station, date(2026, 5, day))["leave"] for day in (6, 7, 8, 9)}
    # Approved on the second of its dates: on the first nobody knew.
    assert [found and found["kind"] for found in covered.values()] == [None, "sick", "sick", None]


def paid(written: YearWritten, month: date, total: str, closed_at: datetime) -> None:
    payroll = Payroll(
        month=month,
        id=uuid7(closed_at),
        state=PayrollState.COMPUTED,
        workers=1,
        base=Decimal(total),
        performance=Decimal(0),
        corrections=Decimal(0),
        total=Decimal(total),
        digest="0" * 64,
        rules_version="test",
        computed_at=closed_at,
    )
    written.db.add(payroll)
    written.db.flush()
    statement = PayStatement(
        month=month,
        worker_id=written.city.workers[GRID],
        community_code=GRID[:12],
        duty=20,
        employed=20,
        result=Result.PASS,
        base=Decimal(total),
        performance=Decimal(0),
        corrections=Decimal(0),
        total=Decimal(total),
        because={},
    )
    written.db.add(statement)
    written.db.flush()
    payroll.state, payroll.closed_at = PayrollState.CLOSED, closed_at
    written.db.commit()


def test_pay_1_standards_and_closed_statements_for_those_who_see_pay(
    station: StationDay, written: YearWritten
) -> None:
    for amount, since in (("2200", date(2026, 1, 1)), ("2330.50", date(2026, 7, 1))):
        row = PayStandard(
            id=uuid7(at(since)),
            kind=StandardKind.MINIMUM_WAGE,
            amount=Decimal(amount),
            effective_from=since,
            reason="川人社发",
            decided_by=written.office("command_centre"),
            decided_at=at(since - timedelta(days=20)),
        )
        written.db.add(row)
    paid(written, date(2026, 5, 1), "2200.00", at(date(2026, 6, 10)))
    early, late = (stood(station, day, "command_centre")["pay"]
                   for day in (date(2026, 6, 9), date(2026, 7, 1)))  # fmt: skip
    assert (early["minimum_wage"]["amount"], early["statements"]) == ("2200.00", [])
    assert late["minimum_wage"] == {"amount": "2330.50", "effective_from": "2026-07-01"}
    assert [one["total"] for one in late["statements"]] == ["2200.00"]
    assert late["performance"] is None
    assert stood(station, date(2026, 7, 1))["pay"] is None
    mine = station.get(GRID, "/me/standing", on="2026-07-01").json()
    assert mine["pay"] == late


def test_0_values_of_the_date(station: StationDay, written: YearWritten) -> None:
    written.db.add(
        ParameterValue(
            name="appraisal_pass_mark",
            value=65,
            effective_from=date(2026, 4, 1),
            reason="试行",
            decided_by=written.office("command_centre"),
            decided_at=at(date(2026, 3, 1)),
        )
    )
    written.db.commit()
    values = [
        stood(station, date(2026, 3, 31))["values"],
        stood(station, date(2026, 4, 1))["values"],
    ]
    assert [found["appraisal_pass_mark"] for found in values] == [60, 65]
    assert "station_radius_m" not in values[0]


def test_seen_by_the_stations_of_then_and_now_and_by_nobody_else(
    station: StationDay, written: YearWritten
) -> None:
    written.move(GRID, date(2026, 7, 1), OTHER_COMMUNITY)
    path = f"/workers/{written.city.workers[GRID]}/standing"
    then = station.get("station_lead", path, on="2026-06-30")
    assert then.json()["post"]["last_day"] == "2026-06-30"
    assert refused(station.get("station_lead", path, on="2026-07-01")) == (404, "request.not_found")
    assert station.get("township", path).json()["post"]["community_code"] == OTHER_COMMUNITY
    elsewhere = f"/workers/{written.city.workers[FAR]}/standing"
    assert refused(station.get("township", elsewhere)) == (404, "request.not_found")
    for who in (GRID, "finance", "information_administrator", "auditor"):
        assert refused(station.get(who, path)) == (403, "auth.forbidden")
    assert refused(station.get("township", "/me/standing")) == (403, "auth.forbidden")
    nobody = f"/workers/{uuid7(AFTER)}/standing"
    assert refused(station.get("command_centre", nobody)) == (404, "request.not_found")


def test_a_date_that_has_not_come_and_dates_out_of_form(station: StationDay) -> None:
    path = f"/workers/{station.client.city.workers[GRID]}/standing"
    assert (
        station.get("station_lead", path, on="2027-01-08")
        .json()["known_at"]
        .startswith("2027-01-08T02:00:00")
    )
    assert station.get("station_lead", path, on="2027-01-07").json()["known_at"] == (
        "2027-01-07T23:59:59.999999+08:00"
    )
    tomorrow = station.get("station_lead", path, on="2027-01-09")
    assert refused(tomorrow) == (422, "standing.in_the_future")
    for day in ("0001-01-01", "9999-12-31", "2026-02-30", "today", "2026-01-01\x00"):
        assert station.get("station_lead", path, on=day).status_code == 422, day
