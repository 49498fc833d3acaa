"""Contracts and resignations over HTTP (HIRE-3, CON-4, APR-3)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.contracts.feed import for_handset, resignations_for_handset
from app.contracts.refusals import EndsBefore, NotInAdvance, ResignationOpen
from app.contracts.resigning import record_resignation
from app.contracts.schemas import ResignationIn
from app.contracts.upkeep import keep
from app.db.models import (
    Account,
    AidGroup,
    AidMember,
    Assignment,
    Change,
    Contract,
    Device,
    OutboxEvent,
    Posting,
    Resignation,
    Worker,
    YearAppraisal,
)
from app.people.capture import Capture
from app.rules.appraisal import Grade
from tests.api.hiring_desk import COMMUNITY, NOW, TODAY, earlier, key, step
from tests.api.station import ELSEWHERE, GRID, NEIGHBOUR, StationDay, refused
from tests.attendance.facts import at
from tests.city import PASSWORD
from tests.conftest import SignedIn

PATH = "/contracts"
OVER_THERE = "510185002001001"
"""A grid of another township."""


@pytest.fixture
def desk(api: FastAPI, client: SignedIn, db: Session) -> StationDay:
    return StationDay(api, client, db)


def recorded(desk: StationDay, grid: str = GRID, **changes: Any) -> dict[str, Any]:
    body = earlier(desk.client.city.workers[grid], **changes)
    answer = desk.post("township", PATH, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def resigns(desk: StationDay, last_day: date = date(2026, 4, 17), *, proven: bool = True) -> None:
    """The first grid's worker resigns by handset; the record was made a day before it came."""
    desk.db.rollback()
    worker_id, now = desk.client.city.workers[GRID], desk.clock.now
    account = desk.db.scalars(select(Account.id).where(Account.worker_id == worker_id)).one()
    at = now - timedelta(days=1)
    capture = Capture(UUID(key(now)), account, worker_id, None, COMMUNITY, at, at, now, proven, 0.0)
    body = ResignationIn(said="因家庭原因申请辞职", last_day=last_day)
    with desk.api.state.sessions.begin() as session:
        record_resignation(session, capture, body)


def night(desk: StationDay, day: date) -> Any:
    """What the night before a date does."""
    desk.db.rollback()
    return keep(desk.api.state.sessions, datetime(day.year, day.month, day.day, tzinfo=UTC))


def posts(desk: StationDay, grid: str = GRID) -> list[date | None]:
    """The dates before which a worker's posts and grids end."""
    desk.db.rollback()
    worker_id = desk.client.city.workers[grid]
    spans = [
        *desk.db.scalars(select(Posting.valid).where(Posting.worker_id == worker_id)),
        *desk.db.scalars(select(Assignment.valid).where(Assignment.worker_id == worker_id)),
    ]
    return [span.upper for span in spans]


def test_hire_3_an_earlier_contract_ends_with_its_term_or_at_retirement(
    desk: StationDay,
) -> None:
    body = earlier(desk.client.city.workers[GRID])
    made = desk.post("station_lead", PATH, body).json()
    assert (made["retires_on"], made["ends_on"]) == ("2046-07-12", "2026-04-30")
    assert (made["rule"], made["clause"]) == ("HIRE-3", "一(二)4")
    assert desk.post("station_lead", PATH, body).json() == made
    other = {**body, "first_day": "2024-03-02"}
    assert refused(desk.post("station_lead", PATH, other)) == (409, "contract.id_reused")
    twice = {**body, "id": key()}
    assert refused(desk.post("station_lead", PATH, twice)) == (409, "contract.overlaps")
    assert desk.get("station_lead", f"{PATH}/{made['id']}").json() == made
    raw = desk.db.execute(text("select born from contract")).scalar_one()
    assert "1991" not in raw
    [mine] = desk.get(GRID, "/me/contract").json()["items"]
    assert (mine["id"], mine["ends_on"], mine["resignation"]) == (made["id"], "2026-04-30", None)
    assert "born" not in mine
    desk.db.rollback()
    worker_id = desk.client.city.workers[GRID]
    [change] = desk.db.scalars(select(Change).where(Change.kind == "contract"))
    assert [(change.subject_id, change.body)] == for_handset(desk.db, worker_id)
    assert change.body == mine
    assert desk.get(NEIGHBOUR, "/me/contract").json() == {"items": [], "resignations": []}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signed_on": "2026-03-19"}, (422, "contract.signed_in_the_future")),
        ({"term_ends_on": "2026-03-17"}, (409, "contract.over")),
        ({"born": "1960-01-01"}, (422, "contract.past_retirement")),
        ({"born": "1975-12-18"}, (409, "contract.over")),
        ({"term_ends_on": "2024-02-29"}, (422, "request.malformed")),
        ({"born": "2024-03-01"}, (422, "request.malformed")),
        ({"born": "9999-01-01"}, (422, "request.malformed")),
        ({"first_day": "0001-01-01"}, (422, "request.malformed")),
        ({"retirement_post": "all"}, (422, "request.malformed")),
        ({"salary": 1}, (422, "request.malformed")),
    ],
    ids=str,
)
def test_contracts_that_are_not_recorded(
    desk: StationDay, changes: dict[str, Any], code: tuple[int, str]
) -> None:
    body = earlier(desk.client.city.workers[GRID], **changes)
    if changes.get("born") == "1975-12-18":
        body["retirement_post"], body["term_ends_on"] = "women_50", None
        desk.at(datetime(2026, 6, 19, 4, tzinfo=UTC))
    assert refused(desk.post("station_lead", PATH, body)) == code


def test_who_may_do_what_with_contracts(desk: StationDay) -> None:
    workers = desk.client.city.workers
    made = recorded(desk)
    beyond = earlier(workers[OVER_THERE])
    assert refused(desk.post("township", PATH, beyond)) == (404, "request.not_found")
    for who in ("command_centre", "leading_group_office", "finance", GRID):
        assert refused(desk.post(who, PATH, beyond)) == (403, "auth.forbidden")
    assert refused(desk.get(GRID, PATH)) == (403, "auth.forbidden")
    assert refused(desk.get("information_administrator", PATH)) == (403, "auth.forbidden")
    assert refused(desk.get("station_lead", PATH, unit="510185001002"))[0] == 404
    over_there = recorded(desk, ELSEWHERE)
    assert refused(desk.get("station_lead", f"{PATH}/{over_there['id']}"))[0] == 404
    body = {"last_day": "2026-03-31", "cause": "agreement", "reason": "协商"}
    assert refused(desk.post("station_lead", f"{PATH}/{over_there['id']}/end", body))[0] == 404
    assert refused(desk.post("command_centre", f"{PATH}/{made['id']}/end", body))[0] == 403
    assert refused(desk.get("township", f"{PATH}/{key()}"))[0] == 404
    assert refused(desk.get("township", PATH, cursor="bm9uc2Vuc2U"))[1] == "request.bad_cursor"
    desk.db.rollback()
    rural = desk.db.scalars(select(Posting).where(Posting.worker_id == workers[NEIGHBOUR])).one()
    rural.employment = type(rural.employment).RURAL_PART_TIME  # type: ignore[union-attr]
    desk.db.commit()
    answer = desk.post("township", PATH, earlier(workers[NEIGHBOUR]))
    assert refused(answer) == (422, "contract.not_full_time")


def test_org_1_a_station_that_was_left_sees_what_it_signed_and_nothing_since(
    desk: StationDay,
) -> None:
    made = recorded(desk)
    moved = {"community": "510185001002", "employment": "full_time", "from": "2026-03-19"}
    worker = desk.client.city.workers[GRID]
    assert desk.post("township", f"/workers/{worker}/postings", moved).status_code == 201
    body = {"id": key(), "term_months": 24}
    renewed = desk.post("township", f"{PATH}/{made['id']}/renewal", body).json()
    assert renewed["community_code"] == "510185001002"
    assert desk.get("station_lead", f"{PATH}/{renewed['id']}").json() == renewed
    desk.at(at("09:00", date(2026, 3, 19)))
    assert desk.get("station_lead", f"{PATH}/{made['id']}").json()["id"] == made["id"]
    since = desk.get("station_lead", f"{PATH}/{renewed['id']}")
    assert refused(since) == (404, "request.not_found")
    assert desk.get("township", f"{PATH}/{renewed['id']}").json() == renewed
    listed = desk.get("station_lead", PATH).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]], "the list says the same"


def test_hire_3_the_station_sees_contracts_that_end_within_90_days(desk: StationDay) -> None:
    ends = {GRID: "2026-06-16", NEIGHBOUR: "2026-06-17", ELSEWHERE: "2026-03-18"}
    for grid, end in ends.items():
        recorded(desk, grid, term_ends_on=end)
    noticed = desk.get("township", PATH, standing="ending").json()["items"]
    assert [row["ends_on"] for row in noticed] == ["2026-03-18", "2026-06-16"]
    here = desk.get("station_lead", PATH, standing="ending").json()["items"]
    assert [row["worker_name"] for row in here] == ["网格员0"]
    first = desk.get("township", PATH, limit=2).json()
    rest = desk.get("township", PATH, limit=2, cursor=first["next_cursor"]).json()
    assert [row["ends_on"] for row in first["items"] + rest["items"]] == sorted(ends.values())
    assert rest["next_cursor"] is None
    over = desk.get("township", PATH, standing="over", on="2026-06-17").json()["items"]
    assert len(over) == 2
    assert len(desk.get("township", PATH, standing="in_force").json()["items"]) == 3
    assert desk.get("township", PATH, standing="to_come").json()["items"] == []
    worker = str(desk.client.city.workers[GRID])
    assert len(desk.get("township", PATH, worker=worker).json()["items"]) == 1
    sheet = desk.get("township", PATH, format="csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "法定退休日期" in sheet.text


def test_apr_3_a_fixed_term_is_renewed_unless_the_last_grade_bars_it(desk: StationDay) -> None:
    made = recorded(desk, term_ends_on="2028-02-29")
    path = f"{PATH}/{made['id']}/renewal"
    _graded(desk, 2024, Grade.QUALIFIED)
    _graded(desk, 2025, Grade.UNQUALIFIED)
    answer = desk.post("station_lead", path, {"id": key(), "term_months": 12})
    assert refused(answer) == (409, "contract.not_renewable")
    assert answer.json()["facts"] == {"year": 2025, "last_grade": "unqualified"}
    desk.db.execute(text("update year_appraisal set grade = null where year = 2025"))
    desk.db.commit()
    body = {"id": key(), "term_months": 12}
    renewed = desk.post("station_lead", path, body).json()
    assert (renewed["renews"], renewed["origin"]) == (made["id"], "renewed")
    assert (renewed["first_day"], renewed["ends_on"]) == ("2028-03-01", "2029-02-28")
    assert desk.post("station_lead", path, body).json() == renewed
    for_longer = body | {"term_months": 24}
    assert refused(desk.post("station_lead", path, for_longer)) == (409, "contract.id_reused")
    again = {"id": key(), "term_months": None}
    assert refused(desk.post("station_lead", path, again)) == (409, "contract.overlaps")
    other = f"{PATH}/{renewed['id']}/renewal"
    assert refused(desk.post("station_lead", other, body)) == (409, "contract.id_reused")
    for_good = desk.post("station_lead", other, again).json()
    assert for_good["ends_on"] == for_good["retires_on"] == "2046-07-12"
    answer = desk.post("station_lead", f"{PATH}/{for_good['id']}/renewal", {"id": key()})
    assert refused(answer) == (409, "contract.no_fixed_term")
    assert night(desk, date(2028, 3, 2)).ended == 1
    ended = desk.get("station_lead", f"{PATH}/{made['id']}").json()
    assert (ended["last_day"], ended["end_cause"]) == ("2028-02-29", "term_over")
    assert posts(desk) == [None, None]


def test_hire_3_a_contract_ends_or_begins_on_29_february(desk: StationDay) -> None:
    made = recorded(desk, GRID, term_ends_on="2028-02-29")
    noticed = {"standing": "ending", "worker": made["worker_id"]}
    for on, found in (("2027-11-30", 0), ("2027-12-01", 1), ("2028-02-29", 1), ("2028-03-01", 0)):
        assert len(desk.get("township", PATH, **noticed, on=on).json()["items"]) == found, on
    other = recorded(desk, NEIGHBOUR, term_ends_on="2028-02-28")
    ends = {12: "2029-02-28", 48: "2032-02-28"}
    for months, end in ends.items():
        body = {"id": key(), "term_months": months}
        renewed = desk.post("station_lead", f"{PATH}/{other['id']}/renewal", body).json()
        assert (renewed["first_day"], renewed["ends_on"]) == ("2028-02-29", end)
        desk.db.execute(text("delete from contract where renews is not null"))
        desk.db.commit()
    desk.at(datetime(2028, 2, 29, 15, 59, tzinfo=UTC))
    assert night(desk, date(2028, 2, 29)).ended == 1, "the other one"
    assert posts(desk) == [None, None]
    assert night(desk, date(2028, 3, 1)).ended == 1
    assert posts(desk) == [date(2028, 3, 1)] * 2
    ended = desk.get("station_lead", f"{PATH}/{made['id']}").json()
    assert (ended["last_day"], ended["end_cause"]) == ("2028-02-29", "term_over")
    [mine] = desk.get(GRID, "/me/contract").json()["items"]
    assert mine["ends_on"] == "2028-02-29"


def test_hire_3_only_a_full_time_worker_s_contract_is_renewed(desk: StationDay) -> None:
    made = recorded(desk, term_ends_on="2028-02-29")
    path, body = f"{PATH}/{made['id']}/renewal", {"id": key(), "term_months": 12}
    desk.db.execute(text("update posting set employment = 'rural_part_time'"))
    desk.db.commit()
    assert refused(desk.post("station_lead", path, body)) == (422, "contract.not_full_time")
    desk.db.execute(text("update posting set employment = 'full_time'"))
    desk.db.commit()
    assert desk.post("station_lead", path, body).status_code == 201


def _graded(desk: StationDay, year: int, grade: Grade) -> None:
    worker_id = desk.client.city.workers[GRID]
    desk.db.add(
        YearAppraisal(
            id=desk.client.city.workers[ELSEWHERE] if year % 2 else worker_id,
            worker_id=worker_id,
            year=year,
            community_code=COMMUNITY,
            failed_months=0,
            penalties=0,
            by_rule=grade,
            grade=grade,
            because={},
            rules_version="test",
            computed_at=NOW,
        )
    )
    desk.db.commit()


def test_hire_3_retirement_ends_contract_posts_and_group(desk: StationDay) -> None:
    made = recorded(desk, born="1976-05-25", term_ends_on=None, retirement_post="women_50")
    assert made["ends_on"] == made["retires_on"] == "2027-02-25"
    workers = desk.client.city.workers
    group = AidGroup(
        id=workers[GRID], community_code=COMMUNITY, name="一组", valid=Range(TODAY, None)
    )
    desk.db.add(group)
    desk.db.flush()
    for grid in (GRID, NEIGHBOUR):
        member = AidMember(
            id=workers[grid], group_id=group.id, worker_id=workers[grid], valid=Range(TODAY, None)
        )
        desk.db.add(member)
    desk.db.commit()
    assert night(desk, date(2027, 2, 25)).ended == 0
    assert night(desk, date(2027, 2, 26)).ended == 1
    ended = desk.get("station_lead", f"{PATH}/{made['id']}").json()
    assert (ended["last_day"], ended["end_cause"]) == ("2027-02-25", "retirement")
    assert posts(desk) == [date(2027, 2, 26)] * 2
    spans = desk.db.scalars(select(AidMember.valid)).all()
    assert {span.upper for span in spans} == {date(2027, 2, 26)}, "a group of one is none"


def test_hire_3_a_contract_ends_by_agreement_and_everything_with_it(desk: StationDay) -> None:
    made = recorded(desk)
    desk.client.as_(GRID)
    path = f"{PATH}/{made['id']}/end"
    body = {"last_day": "2026-03-31", "cause": "agreement", "reason": "双方协商一致"}
    for wrong in ("2024-02-29", "2026-05-01"):
        answer = desk.post("station_lead", path, {**body, "last_day": wrong})
        assert refused(answer) == (422, "contract.end_out_of_contract")
    long_ago = {**body, "last_day": "2026-02-14"}
    assert refused(desk.post("station_lead", path, long_ago))[1] == "city.effective_in_the_past"
    by_hand = {**body, "cause": "dismissal"}
    assert refused(desk.post("station_lead", path, by_hand)) == (422, "request.malformed")
    ended = desk.post("station_lead", path, body).json()
    assert (ended["ends_on"], ended["end_cause"]) == ("2026-03-31", "agreement")
    assert refused(desk.post("station_lead", path, body)) == (409, "contract.over")
    renewal = desk.post("station_lead", f"{PATH}/{made['id']}/renewal", {"id": key()})
    assert refused(renewal) == (409, "contract.over")
    assert posts(desk) == [date(2026, 4, 1)] * 2
    told = select(Change).where(Change.kind == "grid", Change.gone.is_not(None))
    assert desk.db.scalars(told).all() == []
    assert vars(night(desk, date(2026, 3, 31))) == {"ended": 0, "left": 0, "accounts": 0}
    assert vars(night(desk, date(2026, 4, 1))) == {"ended": 0, "left": 1, "accounts": 0}
    assert [change.subject_id for change in desk.db.scalars(told)] == [GRID]
    assert desk.get(GRID, "/me/contract").json()["items"][0]["end_cause"] == "agreement"


def test_hire_3_the_account_closes_when_late_records_and_appeals_are_over(
    desk: StationDay,
) -> None:
    made = recorded(desk)
    desk.client.as_(GRID)
    body = {"last_day": "2026-03-31", "cause": "death", "reason": "因病去世"}
    path = f"{PATH}/{made['id']}/end"
    desk.at(datetime(2026, 3, 30, 15, tzinfo=UTC))
    answer = desk.post("station_lead", path, body)
    assert refused(answer) == (422, "contract.death_in_the_future")
    desk.at(datetime(2026, 3, 31, 1, tzinfo=UTC))
    assert desk.post("station_lead", path, body).status_code == 200
    assert night(desk, date(2026, 5, 15)).accounts == 0
    assert night(desk, date(2026, 5, 16)).accounts == 1
    assert night(desk, date(2026, 5, 17)).accounts == 0
    account = desk.db.scalars(
        select(Account).where(Account.worker_id == desk.client.city.workers[GRID])
    ).one()
    assert account.disabled_at is not None
    devices = desk.db.scalars(select(Device).where(Device.account_id == account.id)).all()
    assert [device.revoked_at is None for device in devices] == [False]
    again = {"phone": account.phone, "password": PASSWORD}
    assert refused(desk.client.http.post("/v1/tokens", json=again))[0] == 403
    names = desk.db.scalars(select(OutboxEvent.name).where(OutboxEvent.name == "account.closed"))
    assert len(names.all()) == 1


def test_con_4_in_writing_in_advance_and_approved(desk: StationDay) -> None:
    made = recorded(desk)
    with pytest.raises(NotInAdvance):
        resigns(desk, date(2026, 3, 17))
    with pytest.raises(NotInAdvance):
        resigns(desk, TODAY, proven=False)
    with pytest.raises(EndsBefore):
        resigns(desk, date(2026, 4, 30))
    resigns(desk)
    with pytest.raises(ResignationOpen):
        resigns(desk)
    [row] = desk.get("station_lead", "/resignations", state="open").json()["items"]
    assert (row["worker_name"], row["said"]) == ("网格员0", "因家庭原因申请辞职")
    assert refused(desk.get("station_lead", f"/resignations/{key()}"))[0] == 404
    mine = desk.get(GRID, "/me/contract").json()
    assert mine["items"][0]["resignation"]["state"] == "open"
    case = row["case_id"]
    assert refused(step(desk, "township", case, 2)) == (403, "approvals.not_your_step")
    assert step(desk, "station_lead", case, 2).status_code == 200
    assert posts(desk) == [None, None]
    assert step(desk, "township", case, 3).status_code == 200
    ended = desk.get("station_lead", f"{PATH}/{made['id']}").json()
    assert (ended["last_day"], ended["end_cause"]) == ("2026-04-17", "resignation")
    assert ended["end_case_id"] == case
    assert posts(desk) == [date(2026, 4, 18)] * 2
    assert desk.get("station_lead", f"/resignations/{row['id']}").json()["state"] == "approved"


def test_hire_3_what_was_written_down_wrong_is_put_right(desk: StationDay) -> None:
    made = recorded(desk, term_ends_on=None)
    path = f"{PATH}/{made['id']}/correction"
    assert made["ends_on"] == "2046-07-12"
    said = {"signed_on": "2024-02-26", "first_day": "2024-03-01", "term_ends_on": None}
    said |= {"born": "1981-07-12", "retirement_post": "women_50", "reason": "以身份证为准"}
    wrong = (
        ({"signed_on": "2026-03-19"}, (422, "contract.signed_in_the_future")),
        ({"born": "1951-07-12"}, (422, "contract.past_retirement")),
        ({"term_ends_on": "2026-03-17"}, (409, "contract.over")),
        ({"first_day": "1981-07-12"}, (422, "request.malformed")),
        ({"reason": " "}, (422, "request.malformed")),
    )
    for change, expected in wrong:
        assert refused(desk.post("station_lead", path, said | change)) == expected
    assert desk.get("station_lead", f"{PATH}/{made['id']}").json() == made
    assert refused(desk.post("finance", path, said))[0] == 403
    put_right = desk.post("station_lead", path, said).json()
    again = desk.post("station_lead", path, said | {"reason": "再次"}).json()
    assert put_right == again == made | {"retires_on": "2034-11-12", "ends_on": "2034-11-12"}
    assert desk.get(GRID, "/me/contract").json()["items"][0]["ends_on"] == "2034-11-12"
    desk.db.rollback()
    [act] = desk.db.scalars(select(OutboxEvent).where(OutboxEvent.name == "contract.corrected"))
    assert (act.facts["changed"], act.facts["before"]) == (["born", "retires_on"], {})
    earlier_ = desk.post("station_lead", path, said | {"first_day": "2024-02-27"}).json()
    assert earlier_["first_day"] == "2024-02-27"
    end = {"last_day": "2026-03-18", "cause": "agreement", "reason": "协商一致"}
    assert desk.post("station_lead", f"{PATH}/{made['id']}/end", end).status_code == 200
    assert refused(desk.post("station_lead", path, said)) == (409, "contract.over")


def test_hire_3_a_correction_keeps_contracts_apart(desk: StationDay) -> None:
    made = recorded(desk)
    renewed = desk.post(
        "station_lead", f"{PATH}/{made['id']}/renewal", {"id": key(), "term_months": 12}
    ).json()
    said = {"signed_on": "2024-02-26", "first_day": "2024-03-01", "born": "1991-07-12"}
    said |= {"retirement_post": "women_50", "reason": "到期日期录错"}
    path = f"{PATH}/{made['id']}/correction"
    over = desk.post("station_lead", path, said | {"term_ends_on": "2026-05-01"})
    assert refused(over) == (409, "contract.overlaps")
    assert over.json()["facts"]["id"] == renewed["id"]
    shorter = desk.post("station_lead", path, said | {"term_ends_on": "2026-04-29"})
    assert shorter.json()["ends_on"] == "2026-04-29"


def test_con_4_without_a_contract_on_record_the_handset_still_shows_it(desk: StationDay) -> None:
    resigns(desk)
    [row] = desk.get("township", "/resignations").json()["items"]
    assert told_of_resigning(desk) == ["open"]
    assert step(desk, "station_lead", row["case_id"], 2, "暂无接替人员").status_code == 200
    assert told_of_resigning(desk) == ["open", "refused"]
    worker_id = desk.client.city.workers[GRID]
    [(key_, body)] = resignations_for_handset(desk.db, worker_id)
    assert (key_, [body]) == (row["id"], desk.get(GRID, "/me/contract").json()["resignations"])


def told_of_resigning(desk: StationDay) -> list[str]:
    """The states that the worker's handset was told of, in order."""
    desk.db.rollback()
    told = select(Change).where(Change.kind == "resignation").order_by(Change.id)
    return [(change.body or {})["state"] for change in desk.db.scalars(told)]


def test_con_4_refused_withdrawn_and_approved_too_late(desk: StationDay) -> None:
    recorded(desk)
    resigns(desk)
    [row] = desk.get("township", "/resignations").json()["items"]
    assert step(desk, "station_lead", row["case_id"], 2, "暂无接替人员").status_code == 200
    assert desk.get("township", f"/resignations/{row['id']}").json()["state"] == "refused"
    desk.at(NOW + timedelta(hours=1))
    resigns(desk)
    second = desk.get("township", "/resignations").json()["items"][0]
    path = f"/me/resignations/{second['id']}/withdrawal"
    said = {"reason": "困难已解决"}
    assert refused(desk.post(NEIGHBOUR, path, said))[0] == 404
    mine = desk.post(GRID, path, said).json()
    assert mine["items"][0]["resignation"]["state"] == "withdrawn"
    assert [each["state"] for each in mine["resignations"]] == ["withdrawn", "refused"]
    assert refused(desk.post(GRID, path, said)) == (409, "resignation.closed")
    assert refused(step(desk, "station_lead", second["case_id"], 2))[1] == "approvals.case_closed"
    desk.at(NOW + timedelta(hours=2))
    resigns(desk, date(2026, 3, 20))
    third = desk.get("township", "/resignations").json()["items"][0]
    desk.at(NOW + timedelta(days=5))
    step(desk, "station_lead", third["case_id"], 2)
    assert step(desk, "township", third["case_id"], 3).status_code == 200
    assert posts(desk) == [date(2026, 3, 24)] * 2, "it runs on until it is approved"
    assert desk.db.scalars(select(Contract.last_day)).one() == date(2026, 3, 23)
    assert len(desk.db.scalars(select(Resignation)).all()) == 3


HEAD = "姓名,电话,出生日期,退休岗位,签订日期,开始日期,到期日期"
GOOD = (
    "网格员0,19900000000,1991-07-12,女工人,2024-02-26,2024-03-01,2027-02-28",
    "网格员1,19900000001,1988-01-05,男,2024-02-26,2024-03-01,",
)


def sent(desk: StationDay, *lines: str, who: str = "station_lead", check: bool = False) -> Response:
    answer: Response = desk.client.http.post(
        f"/v1{PATH}/import?check={str(check).lower()}",
        content="\n".join([HEAD, *lines]).encode(),
        headers=desk.client.as_(who),
    )
    return answer


def test_contracts_from_a_spreadsheet_all_or_none(desk: StationDay) -> None:
    found = {"written": 2, "unchanged": 0, "checked_only": True}
    assert sent(desk, *GOOD, check=True).json() == found
    assert desk.get("station_lead", PATH).json()["items"] == []
    assert sent(desk, *GOOD).json()["written"] == 2
    assert sent(desk, *GOOD).json() == {"written": 0, "unchanged": 2, "checked_only": False}
    rows = desk.get("station_lead", PATH).json()["items"]
    assert [row["ends_on"] for row in rows] == ["2027-02-28", "2051-01-05"]
    bad = sent(
        desk,
        "网格员2,19900000002,1929-12-31,女工人,2024-02-26,2024-03-01,",
        "网格员3,19900000002,1991-07-12,女工人,2024-02-26,2024-03-01,",
        "网格员2,19900000002,1991-07-12,神仙,2024-02-26,2024-03-01,",
        "网格员2,19900000002,1991-07-12,女工人,2024-02-26,2024-03-01,2024-02-28",
        "网格员0,19900000000,1991-07-12,女工人,2024-02-26,2024-03-02,",
        "网格员2,19900000002,1991-07-12,女工人,,2024-03-01,",
    )
    assert refused(bad) == (422, "import.refused")
    problems = [(p["line"], p["column"], p["code"]) for p in bad.json()["facts"]["problems"]]
    assert problems == [
        (2, "born", "import.not_a_date"),
        (3, "phone", "import.nobody_of_that_name"),
        (4, "retirement_post", "import.not_a_word"),
        (5, "first_day", "import.dates_contradict"),
        (6, "", "contract.overlaps"),
        (7, "signed_on", "import.missing"),
    ]
    away = desk.db.scalars(
        select(Worker).where(Worker.id == desk.client.city.workers[ELSEWHERE])
    ).one()
    elsewhere = sent(desk, f"{away.name},{away.phone},1988-01-05,男,2024-02-26,2024-03-01,")
    [problem] = elsewhere.json()["facts"]["problems"]
    assert problem["code"] == "import.nobody_of_that_name", "as if it were nobody"
    assert refused(sent(desk, *GOOD, who="finance"))[0] == 403


def test_two_townships_and_todays_date(desk: StationDay) -> None:
    recorded(desk, term_ends_on=TODAY.isoformat())
    assert night(desk, TODAY).ended == 0
    assert night(desk, TODAY + timedelta(days=1)).ended == 1
    assert posts(desk) == [TODAY + timedelta(days=1)] * 2
    assert night(desk, TODAY + timedelta(days=2)).ended == 0
