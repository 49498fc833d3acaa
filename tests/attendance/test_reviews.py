"""ATT-4: the station accepts or refuses what nobody could prove."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.attendance.queries import valid_check_ins
from app.attendance.refusals import AlreadyDecided, NoReviewNeeded, OwnCase
from app.attendance.reviews import review_check_in
from app.attendance.schemas import ReviewIn
from app.db.models import StaleDay, Station
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import uuid7
from app.people.principal import Principal
from app.rules.attendance import Verdict
from tests.attendance.facts import (
    SUNDAY,
    WEDNESDAY,
    Handset,
    at,
    events,
    last_change,
    stale_days,
)

ACCEPTED = ReviewIn(accepted=True, reason="站长在场")
REFUSED = ReviewIn(accepted=False, reason="监控未见本人")
LATER = at("18:00")


@pytest.mark.parametrize(
    ("clock_time", "verdict", "window"),
    [
        ("08:30", Verdict.VALID, 1),
        ("08:29:59", Verdict.EARLY, 1),
        ("15:00", Verdict.VALID, 2),
        ("15:00:01", Verdict.LATE, 2),
    ],
)
def test_att_4_an_accepted_sign_in_is_judged_again(
    handset: Handset, lead: Principal, clock_time: str, verdict: Verdict, window: int
) -> None:
    doubtful = handset.doubtful(at(clock_time))
    assert doubtful.verdict is Verdict.NEEDS_REVIEW
    shown = review_check_in(handset.db, lead, doubtful.id, ACCEPTED, LATER)
    assert shown.verdict is Verdict.NEEDS_REVIEW
    assert shown.review is not None
    assert (shown.review.verdict, shown.review.window) == (verdict, window)
    assert shown.counts is (verdict is Verdict.VALID)


def test_att_4_proven_but_later_than_72_hours_can_be_accepted(
    handset: Handset, lead: Principal
) -> None:
    late = handset.sign_in(handset.captured(at("08:40"), after=timedelta(hours=73)))
    shown = review_check_in(handset.db, lead, late.id, ACCEPTED, at("12:00", SUNDAY))
    assert shown.counts


def test_a_refused_sign_in_is_kept_and_not_counted(handset: Handset, lead: Principal) -> None:
    doubtful = handset.doubtful(at("08:40"))
    shown = review_check_in(handset.db, lead, doubtful.id, REFUSED, LATER)
    assert shown.review is not None
    assert (shown.review.verdict, shown.review.accepted) == (Verdict.NEEDS_REVIEW, False)
    assert not shown.counts
    assert valid_check_ins(handset.db, handset.worker_id, WEDNESDAY) == {}


def test_att_3_accepted_on_a_date_without_duty(handset: Handset, lead: Principal) -> None:
    doubtful = handset.doubtful(at("08:40", SUNDAY))
    shown = review_check_in(handset.db, lead, doubtful.id, ACCEPTED, at("18:00", SUNDAY))
    assert shown.review is not None
    assert (shown.review.verdict, shown.review.window) == (Verdict.NO_DUTY, None)


def test_att_3_the_second_accepted_is_a_duplicate(handset: Handset, lead: Principal) -> None:
    first, second = handset.doubtful(at("08:40")), handset.doubtful(at("08:41"))
    review_check_in(handset.db, lead, second.id, ACCEPTED, LATER)
    shown = review_check_in(handset.db, lead, first.id, ACCEPTED, LATER)
    assert shown.review is not None
    assert shown.review.verdict is Verdict.DUPLICATE
    assert valid_check_ins(handset.db, handset.worker_id, WEDNESDAY) == {1: second.id}


def test_att_3_an_accepted_sign_in_fills_its_window(handset: Handset, lead: Principal) -> None:
    doubtful = handset.doubtful(at("08:40"))
    review_check_in(handset.db, lead, doubtful.id, ACCEPTED, LATER)
    assert handset.sign_in(handset.captured(at("08:50"))).verdict is Verdict.DUPLICATE
    assert handset.sign_in(handset.captured(at("14:50"))).verdict is Verdict.VALID


def test_where_no_station_is_known_the_station_vouches_for_the_place(
    handset: Handset, lead: Principal
) -> None:
    handset.db.execute(delete(Station).where(Station.community_code == lead.unit_code))
    recorded = handset.sign_in(handset.captured(at("08:40")))
    assert (recorded.verdict, recorded.because["reason"]) == (Verdict.NEEDS_REVIEW, "no_station")
    assert review_check_in(handset.db, lead, recorded.id, ACCEPTED, LATER).counts


def test_a_review_is_once_and_says_what_was_decided(handset: Handset, lead: Principal) -> None:
    doubtful = handset.doubtful(at("08:40"))
    review_check_in(handset.db, lead, doubtful.id, REFUSED, LATER)
    with pytest.raises(AlreadyDecided) as refused:
        review_check_in(handset.db, lead, doubtful.id, ACCEPTED, LATER)
    assert refused.value.facts["accepted"] is False
    assert refused.value.facts["decided_by"] == lead.account_id
    assert datetime.fromisoformat(str(refused.value.facts["decided_at"])) == LATER


@pytest.mark.parametrize("clock_time", ["08:40", "09:01"])
def test_only_what_needs_review_is_reviewed(
    handset: Handset, lead: Principal, clock_time: str
) -> None:
    recorded = handset.sign_in(handset.captured(at(clock_time)))
    with pytest.raises(NoReviewNeeded):
        review_check_in(handset.db, lead, recorded.id, ACCEPTED, LATER)


def test_nobody_reviews_himself_or_beyond_the_unit(handset: Handset, lead: Principal) -> None:
    doubtful = handset.doubtful(at("08:40"))
    with pytest.raises(OwnCase):
        review_check_in(
            handset.db, replace(lead, worker_id=handset.worker_id), doubtful.id, ACCEPTED, LATER
        )
    with pytest.raises(Forbidden):
        review_check_in(
            handset.db, replace(lead, unit_code="510185001002"), doubtful.id, ACCEPTED, LATER
        )
    with pytest.raises(NotFound):
        review_check_in(handset.db, lead, uuid7(LATER), ACCEPTED, LATER)


def test_a_review_leaves_a_trace_a_change_and_a_stale_day(
    handset: Handset, lead: Principal, db: Session
) -> None:
    doubtful = handset.doubtful(at("08:40"))
    db.flush()
    db.execute(delete(StaleDay))
    review_check_in(db, lead, doubtful.id, ACCEPTED, LATER)
    assert events(db)[-1] == ("check_in.reviewed", lead.account_id)
    assert stale_days(db) == [WEDNESDAY]
    body = last_change(db).body
    assert body is not None
    assert (body["counts"], body["review"]["reason"]) == (True, "站长在场")
    with pytest.raises(ProgrammingError, match="append-only"):
        db.execute(text("update check_in_review set accepted = false"))
