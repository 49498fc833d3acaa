"""EQP-1: checks by the station, judged at recording and anew when they are read."""

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import EquipmentAnswer, EquipmentCheck, EquipmentWithdrawal, PhotoLink, Posting
from app.db.models.base import Base
from app.equipment.checks import answer_check, check, record_own, withdraw_check
from app.equipment.exemptions import end_exemption, exempt
from app.equipment.lists import Asked, check_out, checks_of_unit
from app.equipment.refusals import (
    CheckWithdrawn,
    DayNotOpen,
    ExemptionNotShortened,
    IdReused,
    NotAStationCheck,
    OwnCheck,
)
from app.equipment.schemas import EquipmentAnswerIn, EquipmentWithdrawalIn, ExemptionEndIn
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import uuid7
from app.people.posts import NoPost
from app.people.principal import Principal
from app.rules.duty import Employment
from app.rules.equipment import EquipmentVerdict
from tests.attendance.facts import GRID, WEDNESDAY, Handset, at, events, last_change
from tests.city import City
from tests.equipment.facts import NOON, PHOTO, checked, exempted, own

COMMUNITY, TOWNSHIP, CITY = "510185001001", "510185001", "510185"
ELSEWHERE = "510185001002001"
NEIGHBOUR = "510185001001002"
WHY = EquipmentWithdrawalIn(reason="登记错人")
FIT, NO_CLOTHES = EquipmentVerdict.FIT, EquipmentVerdict.NO_WORK_CLOTHES
MISSING, EXEMPTED = EquipmentVerdict.ITEMS_MISSING, EquipmentVerdict.EXEMPTED


def march(day: int) -> date:
    return date(2026, 3, day)


def verdict_now(db: Session, key: UUID) -> EquipmentVerdict | None:
    db.expire_all()
    return check_out(db, db.get_one(EquipmentCheck, key)).verdict


@pytest.mark.parametrize(
    ("missing", "clothes", "expected"),
    [((), True, FIT), (("whistle",), True, MISSING), ((), False, NO_CLOTHES)],
)
def test_eqp_1_judged_when_it_is_recorded(
    handset: Handset,
    lead: Principal,
    missing: tuple[str, ...],
    clothes: bool,
    expected: EquipmentVerdict,
) -> None:
    found = check(handset.db, lead, checked(handset.worker_id, *missing, clothes=clothes), NOON)
    assert (found.verdict, found.verdict_then, found.because["bound"]) == (expected, expected, True)
    assert found.because["missing"] == list(missing)
    assert last_change(handset.db).kind == "equipment_check"
    assert events(handset.db) == [("equipment.checked", lead.account_id)]


def test_eqp_1_org_4_of_a_part_timer_it_is_shown_and_nothing_follows(
    handset: Handset, lead: Principal
) -> None:
    part_time = update(Posting).where(Posting.worker_id == handset.worker_id)
    handset.db.execute(part_time.values(employment=Employment.RURAL_PART_TIME))
    found = check(handset.db, lead, checked(handset.worker_id, clothes=False), NOON)
    assert (found.verdict, found.because["bound"]) == (NO_CLOTHES, False)


@pytest.mark.parametrize(
    ("unit", "days", "expected"),
    [
        (COMMUNITY, (18, 18), EXEMPTED),
        (TOWNSHIP, (17, 19), EXEMPTED),
        (CITY, (18, 20), EXEMPTED),
        (COMMUNITY, (16, 17), NO_CLOTHES),
        (COMMUNITY, (19, 20), NO_CLOTHES),
        ("510185001002", (18, 18), NO_CLOTHES),
        ("510185002", (18, 18), NO_CLOTHES),
    ],
)
def test_eqp_1_exempted_where_and_when_it_was_decided(
    handset: Handset,
    lead: Principal,
    township: Principal,
    unit: str,
    days: tuple[int, int],
    expected: EquipmentVerdict,
) -> None:
    centre = replace(township, unit_code=CITY)
    exempt(handset.db, centre, exempted(unit, None, *map(march, days)), NOON)
    found = check(handset.db, lead, checked(handset.worker_id, clothes=False), NOON)
    assert found.verdict is expected
    assert (found.exemption_id is None) == (expected is NO_CLOTHES)


def test_eqp_1_one_worker_alone_is_exempted(
    handset: Handset, lead: Principal, township: Principal, city: City
) -> None:
    exempt(handset.db, township, exempted(COMMUNITY, handset.worker_id), NOON)
    mine = check(handset.db, lead, checked(handset.worker_id, clothes=False), NOON)
    other = check(handset.db, lead, checked(city.workers[NEIGHBOUR], clothes=False), NOON)
    assert (mine.verdict, other.verdict) == (EXEMPTED, NO_CLOTHES)


def test_eqp_1_an_exemption_said_later_is_seen_and_what_was_said_then_stays(
    handset: Handset, lead: Principal, township: Principal
) -> None:
    key = check(handset.db, lead, checked(handset.worker_id, clothes=False), NOON).id
    exempt(handset.db, township, exempted(COMMUNITY), at("15:00", march(20)))
    found = check_out(handset.db, handset.db.get_one(EquipmentCheck, key))
    assert (found.verdict, found.verdict_then) == (EXEMPTED, NO_CLOTHES)


def test_eqp_1_an_exemption_ends_from_the_next_day_on(
    handset: Handset, lead: Principal, township: Principal
) -> None:
    made = exempt(handset.db, township, exempted(TOWNSHIP, None, march(17), march(25)), NOON)
    key = check(handset.db, lead, checked(handset.worker_id, clothes=False), NOON).id
    for day in (17, 25, 26):
        with pytest.raises(ExemptionNotShortened):
            end_exemption(handset.db, township, made.id, ExemptionEndIn(last_day=march(day)), NOON)
    end_exemption(handset.db, township, made.id, ExemptionEndIn(last_day=march(18)), NOON)
    assert verdict_now(handset.db, key) is EXEMPTED
    after = at("09:00", march(19))
    next_day = checked(handset.worker_id, clothes=False, day=march(19))
    assert check(handset.db, lead, next_day, after).verdict is NO_CLOTHES
    with pytest.raises(NotFound):
        end_exemption(handset.db, township, uuid7(NOON), ExemptionEndIn(last_day=march(18)), NOON)


def test_an_exemption_again_is_the_first_and_another_one_is_not(
    handset: Handset, township: Principal
) -> None:
    body = exempted(COMMUNITY, None, march(18), march(20))
    first = exempt(handset.db, township, body, NOON)
    end_exemption(handset.db, township, first.id, ExemptionEndIn(last_day=march(19)), NOON)
    assert exempt(handset.db, township, body, NOON) is first
    with pytest.raises(IdReused):
        exempt(handset.db, township, body.model_copy(update={"reason": "别的"}), NOON)
    shorter = body.model_copy(update={"last_day": march(18)})
    with pytest.raises(IdReused):
        exempt(handset.db, township, shorter, NOON)


def test_exemptions_lie_within_the_unit_of_who_decides(
    handset: Handset, township: Principal, city: City
) -> None:
    with pytest.raises(Forbidden):
        exempt(handset.db, township, exempted("510185002"), NOON)
    with pytest.raises(Forbidden):
        exempt(handset.db, township, exempted(CITY), NOON)
    with pytest.raises(NoPost):
        exempt(handset.db, township, exempted(COMMUNITY, city.workers[ELSEWHERE]), NOON)
    made = exempt(handset.db, replace(township, unit_code=CITY), exempted("510185002"), NOON)
    with pytest.raises(Forbidden):
        end_exemption(handset.db, township, made.id, ExemptionEndIn(last_day=march(18)), NOON)


@pytest.mark.parametrize(("day", "open_"), [(12, False), (13, True), (18, True), (19, False)])
def test_eqp_1_a_check_is_recorded_on_its_day_or_five_days_after(
    handset: Handset, lead: Principal, day: int, open_: bool
) -> None:
    body = checked(handset.worker_id, day=march(day))
    if open_:
        assert check(handset.db, lead, body, NOON).day == march(day)
    else:
        with pytest.raises(DayNotOpen):
            check(handset.db, lead, body, NOON)


def test_eqp_1_a_station_checks_its_own_workers_and_not_oneself(
    handset: Handset, lead: Principal, city: City
) -> None:
    with pytest.raises(Forbidden):
        check(handset.db, lead, checked(city.workers[ELSEWHERE]), NOON)
    with pytest.raises(NoPost):
        check(handset.db, lead, checked(uuid7(NOON)), NOON)
    both = replace(lead, worker_id=handset.worker_id)
    with pytest.raises(OwnCheck):
        check(handset.db, both, checked(handset.worker_id), NOON)


def test_the_same_check_again_is_the_first(handset: Handset, lead: Principal) -> None:
    body = checked(handset.worker_id, "torch", photos=[PHOTO])
    first = check(handset.db, lead, body, NOON)
    assert check(handset.db, lead, body, at("15:00")) == first
    assert first.missing_photos == [PHOTO]
    with pytest.raises(IdReused):
        check(handset.db, lead, body.model_copy(update={"work_clothes": False}), NOON)
    assert len(handset.db.scalars(select(EquipmentCheck)).all()) == 1


def test_eqp_1_one_s_own_record_is_evidence_without_a_verdict(
    handset: Handset, lead: Principal, worker: Principal
) -> None:
    capture = handset.captured(at("08:40"))
    made = record_own(handset.db, capture, own("torch", clothes=False, photos=[PHOTO]))
    shown = check_out(handset.db, made)
    assert (shown.verdict, shown.verdict_then, shown.by_station) == (None, None, False)
    assert shown.because["missing"] == ["torch"]
    link = handset.db.scalars(select(PhotoLink)).one()
    assert (link.subject_kind, link.sensitive) == ("equipment_check", False)
    with pytest.raises(NotAStationCheck):
        withdraw_check(handset.db, lead, made.id, WHY, NOON)
    with pytest.raises(NotAStationCheck):
        answer_check(handset.db, worker, made.id, EquipmentAnswerIn(text="?"), NOON)
    page = checks_of_unit(handset.db, COMMUNITY, Asked(verdict=NO_CLOTHES), (None, 10))
    assert page.items == []


def test_eqp_1_taken_back_once_with_a_reason(handset: Handset, lead: Principal) -> None:
    key = check(handset.db, lead, checked(handset.worker_id, clothes=False), NOON).id
    found = withdraw_check(handset.db, lead, key, WHY, NOON)
    assert found.withdrawn is not None
    assert (found.withdrawn.reason, found.verdict) == ("登记错人", NO_CLOTHES)
    with pytest.raises(CheckWithdrawn):
        withdraw_check(handset.db, lead, key, WHY, NOON)
    with pytest.raises(NotFound):
        withdraw_check(handset.db, lead, uuid7(NOON), WHY, NOON)
    page = checks_of_unit(handset.db, COMMUNITY, Asked(verdict=NO_CLOTHES), (None, 10))
    assert page.items == []
    assert len(checks_of_unit(handset.db, COMMUNITY, Asked(), (None, 10)).items) == 1


def test_eqp_1_the_worker_answers_and_is_told(
    handset: Handset, lead: Principal, worker: Principal, city: City
) -> None:
    key = check(handset.db, lead, checked(handset.worker_id, "torch"), NOON).id
    answer_check(handset.db, worker, key, EquipmentAnswerIn(text="已报失"), NOON)
    found = answer_check(handset.db, worker, key, EquipmentAnswerIn(text="已补领"), at("15:00"))
    assert [answer.said for answer in found.answers] == ["已报失", "已补领"]
    assert (last_change(handset.db).body or {})["answers"][1]["said"] == "已补领"
    other = replace(worker, worker_id=city.workers[NEIGHBOUR])
    with pytest.raises(NotFound):
        answer_check(handset.db, other, key, EquipmentAnswerIn(text="?"), NOON)


@pytest.mark.parametrize("table", [EquipmentCheck, EquipmentWithdrawal, EquipmentAnswer])
def test_nothing_of_it_is_ever_edited(
    handset: Handset, lead: Principal, worker: Principal, table: type[Base]
) -> None:
    key = check(handset.db, lead, checked(handset.worker_id, "torch"), NOON).id
    answer_check(handset.db, worker, key, EquipmentAnswerIn(text="已报失"), NOON)
    withdraw_check(handset.db, lead, key, WHY, NOON)
    [row] = handset.db.scalars(select(table))
    handset.db.delete(row)
    with pytest.raises(DBAPIError, match="append-only"):
        handset.db.flush()


def test_eqp_1_the_list_narrows_as_the_rule_judges(
    handset: Handset, lead: Principal, township: Principal, city: City
) -> None:
    grids = [GRID, NEIGHBOUR]
    exempt(handset.db, township, exempted(COMMUNITY, city.workers[GRID]), NOON)
    for grid, clothes, missing in product(grids, (True, False), ((), ("torch",))):
        body = checked(city.workers[grid], *missing, clothes=clothes)
        check(handset.db, lead, body, NOON)
    whole = checks_of_unit(handset.db, COMMUNITY, Asked(), (None, 50)).items
    assert len(whole) == 8
    for verdict in EquipmentVerdict:
        page = checks_of_unit(handset.db, COMMUNITY, Asked(verdict=verdict), (None, 50))
        expected = {row.id for row in whole if row.verdict is verdict}
        assert {row.id for row in page.items} == expected != set()


def test_dates_and_workers_narrow_the_list(handset: Handset, lead: Principal, city: City) -> None:
    for day in (16, 17, 18):
        check(handset.db, lead, checked(handset.worker_id, day=march(day)), NOON)
    check(handset.db, lead, checked(city.workers[NEIGHBOUR]), NOON)

    def days(asked: Asked) -> list[int]:
        page = checks_of_unit(handset.db, COMMUNITY, asked, (None, 50))
        return sorted(row.day.day for row in page.items)

    assert days(Asked()) == [16, 17, 18, 18]
    assert days(Asked(first=march(17), last=march(17))) == [17]
    assert days(Asked(worker_id=handset.worker_id, first=WEDNESDAY)) == [18]
