"""Why a sign-in counts or not, and the rule and clause of its verdict (ATT-2 to ATT-4, ATT-6)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.days.boards import Place
from app.days.evidence import check_ins
from app.days.lists import late
from app.days.standards import Standards
from app.db.models import Account, CheckIn, CheckInReview, DutyDecision
from app.rules.attendance import Verdict
from app.rules.duty import DutyChange
from tests.city import City
from tests.days.facts import COMMUNITY, DAY, EVENING, at, store_check_in, worker_of

ATT_4_SAID = {"rule": "ATT-4", "clause": "三(一)1 “3”"}


def doubtful(db: Session, city: City, reason: str = "unproven_late") -> CheckIn:
    found = store_check_in(db, worker_of(city), 1, Verdict.NEEDS_REVIEW)
    found.because = {**ATT_4_SAID, "reason": reason}
    db.flush()
    return found


def reviewed(db: Session, check_in: CheckIn, verdict: Verdict, *, accepted: bool) -> None:
    review = CheckInReview(
        check_in_id=check_in.id,
        worker_id=check_in.worker_id,
        day=check_in.day,
        window=1,
        accepted=accepted,
        reason="监控",
        verdict=verdict,
        decided_by=db.scalars(select(Account.id).limit(1)).one(),
        decided_at=EVENING,
    )
    db.add(review)
    db.flush()


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("unproven_late", "Its time is not proven"),
        ("late_upload", "It arrived too late"),
        ("clock_skew", "The clock was wrong"),
        ("no_station", "No station is known"),
    ],
)
def test_att_4_a_doubt_is_named(db: Session, city: City, reason: str, said: str) -> None:
    doubtful(db, city, reason)
    (shown,) = check_ins(db, worker_of(city), DAY)
    assert shown.why.code == "needs_review"
    assert shown.why.en.startswith(said)
    assert not shown.counts


def test_att_4_what_the_station_refused_no_longer_waits(db: Session, city: City) -> None:
    reviewed(db, doubtful(db, city), Verdict.NEEDS_REVIEW, accepted=False)
    (shown,) = check_ins(db, worker_of(city), DAY)
    assert (shown.why.code, shown.why.zh, shown.counts) == ("refused", "站点复核不予认定", False)
    (listed,) = late(db, COMMUNITY, DAY, Place(10)).items
    assert (listed.why.code, listed.rule) == ("refused", "ATT-4")


@pytest.mark.parametrize(
    ("verdict", "rule"),
    [
        (Verdict.LATE, "ATT-1"),
        (Verdict.EARLY, "ATT-1"),
        (Verdict.DUPLICATE, "ATT-3"),
        (Verdict.NO_DUTY, "ATT-6"),
        (Verdict.OFF_SITE, "ATT-2"),
    ],
)
def test_a_second_verdict_names_its_own_rule(
    db: Session, city: City, verdict: Verdict, rule: str
) -> None:
    reviewed(db, doubtful(db, city), verdict, accepted=True)
    (listed,) = late(db, COMMUNITY, DAY, Place(10)).items
    assert (listed.verdict, listed.rule, listed.why.code) == (verdict, rule, verdict.value)


def test_an_accepted_sign_in_counts(db: Session, city: City) -> None:
    reviewed(db, doubtful(db, city), Verdict.VALID, accepted=True)
    (shown,) = check_ins(db, worker_of(city), DAY)
    assert (shown.why.code, shown.counts) == ("valid", True)
    assert late(db, COMMUNITY, DAY, Place(10)).items == []


def test_att_6_of_two_decisions_of_one_instant_the_last_counts_and_is_named(db: Session) -> None:
    by = db.scalars(select(Account.id).limit(1)).one()
    for change in (DutyChange.DECLARED, DutyChange.EXEMPTED):
        db.add(
            DutyDecision(
                day=DAY,
                unit_code=COMMUNITY,
                change=change,
                reason="重点时段",
                decided_by=by,
                decided_at=at("07:00"),
            )
        )
        db.flush()
    standards = Standards(db, [DAY])
    assert not standards.is_duty_date(COMMUNITY, DAY)
    assert standards.why(COMMUNITY, DAY)["by"] == "exempted"
