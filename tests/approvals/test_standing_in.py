"""Stand-ins by dated delegation: for one unit and tier, with no chains (HIRE-1, CON-5)."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.approvals.lists import waiting_counts
from app.approvals.refusals import ActedForAnotherTier, NotYourStep, OwnMatter
from app.db.models import Account
from app.rules.approvals import CaseState
from app.rules.tiers import Tier
from tests.approvals.facts import COMMUNITY, NOW, Offices
from tests.attendance.facts import GRID

TODAY = NOW.date()
A_DAY = timedelta(days=1)


def test_con_5_a_stand_in_takes_the_step_and_it_shows_for_whom(offices: Offices) -> None:
    case = offices.case()
    given = offices.stands_in("township", "station_lead", Tier.COMMUNITY)
    step = offices.take(case, "township")
    assert step.taken_by == offices.who("township").account_id
    assert step.stood_in_for == offices.who("station_lead").account_id
    assert step.facts == {"delegation": str(given.id)}
    with pytest.raises(ActedForAnotherTier):
        offices.take(case, "township")
    offices.add("second", "510185001", "township")
    offices.take(case, "second")
    assert case.step == 3


@pytest.mark.parametrize(
    ("first", "last", "stands"),
    [(-2, -1, False), (-1, 0, True), (0, 0, True), (0, 5, True), (1, 5, False)],
)
def test_con_5_only_on_its_dates_both_included(
    offices: Offices, first: int, last: int, stands: bool
) -> None:
    case = offices.case()
    span = (TODAY + first * A_DAY, TODAY + last * A_DAY)
    offices.stands_in("township", "station_lead", Tier.COMMUNITY, *span)
    if stands:
        offices.take(case, "township")
        return
    with pytest.raises(NotYourStep):
        offices.take(case, "township")


def test_con_5_a_place_is_not_passed_on(offices: Offices) -> None:
    """The centre stands in for the township, which stands in for the station: not for both."""
    offices.stands_in("township", "station_lead", Tier.COMMUNITY)
    offices.stands_in("command_centre", "township", Tier.TOWNSHIP)
    case = offices.case()
    with pytest.raises(NotYourStep):
        offices.take(case, "command_centre")
    offices.take(case, "station_lead")
    offices.take(case, "command_centre")
    assert offices.steps(case)[1].stood_in_for == offices.who("township").account_id


def test_con_5_a_place_is_of_one_unit_and_tier(offices: Offices) -> None:
    offices.add("other_lead", "510185001002", "station_lead")
    offices.stands_in("township", "other_lead", Tier.COMMUNITY)
    offices.stands_in("leading_group_office", "command_centre", Tier.CENTRE)
    case = offices.case()
    with pytest.raises(NotYourStep):
        offices.take(case, "township")
    offices.pass_to(case, 3)
    offices.take(case, "leading_group_office")
    with pytest.raises(ActedForAnotherTier):
        offices.take(case, "leading_group_office")


@pytest.mark.parametrize("lost", ["revoked", "disabled", "role", "moved"])
def test_con_5_nobody_stands_in_for_who_has_no_place_any_longer(
    offices: Offices, db: Session, lost: str
) -> None:
    case = offices.case()
    given = offices.stands_in("township", "station_lead", Tier.COMMUNITY)
    assert [one.waiting for one in waiting_counts(db, offices.who("township"), NOW)] == [1]
    giver = db.get_one(Account, given.from_account)
    if lost == "revoked":
        given.revoked_at = NOW
    elif lost == "disabled":
        giver.disabled_at = NOW
    elif lost == "role":
        giver.roles = ["information_administrator"]
    else:
        giver.unit_code = "510185001002"
    db.flush()
    with pytest.raises(NotYourStep):
        offices.take(case, "township")
    assert waiting_counts(db, offices.who("township"), NOW) == []


def test_con_5_who_acted_before_is_not_stood_in_for_at_another_tier(offices: Offices) -> None:
    """One person of the centre and the office has the office's step taken by somebody else."""
    offices.add("both", "510185", "command_centre", "leading_group_office")
    offices.add("fresh", "510185", "command_centre")
    offices.stands_in("fresh", "both", Tier.OFFICE)
    case = offices.case()
    offices.pass_to(case, 3)
    offices.take(case, "both")
    with pytest.raises(ActedForAnotherTier):
        offices.take(case, "fresh")
    offices.take(case, "leading_group_office")
    assert case.state is CaseState.APPROVED


def test_con_5_nobody_stands_in_for_the_person_concerned(offices: Offices, db: Session) -> None:
    offices.add("lead_and_worker", COMMUNITY, "station_lead", "worker")
    lead = offices.who("lead_and_worker")
    worker = offices.who(GRID)
    db.get_one(Account, worker.account_id).worker_id = None
    db.flush()
    db.get_one(Account, lead.account_id).worker_id = worker.worker_id
    db.flush()
    offices.stands_in("township", "lead_and_worker", Tier.COMMUNITY)
    case = offices.case(concerned=GRID)
    with pytest.raises(OwnMatter):
        offices.take(case, "lead_and_worker")
    with pytest.raises(NotYourStep):
        offices.take(case, "township")
    neighbours = offices.case(concerned="510185001001002")
    offices.take(neighbours, "township")
    offices.stands_in("lead_and_worker", "station_lead", Tier.COMMUNITY)
    with pytest.raises(OwnMatter):
        offices.take(case, "lead_and_worker")
