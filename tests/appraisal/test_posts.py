"""Whose month it is: two units in a month, rural part-time workers, leaving (ORG-3, ORG-4, 五1)."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.appraisal.computing import compute_month
from app.appraisal.shown import rows_out
from app.appraisal.writing import forget
from app.db.models import (
    AppraisalMonth,
    ConductProposal,
    FocusListing,
    MonthAppraisal,
    MonthIndicator,
    Penalty,
    Posting,
    RecordFocus,
)
from app.rules.appraisal import Indicator, MonthState, Result
from app.rules.conduct import Ground, PenaltyKind, ProposalSource, ProposalState
from app.rules.duty import Employment
from app.rules.information import CheckResult, FocusKind
from app.rules.tiers import Tier
from tests.appraisal.facts import COMMUNITY, GRID, MONTH, NEIGHBOUR, SETTLED, THIRD, StationMonth
from tests.city import key

ELSEWHERE = "510185001002"


def posted(db: Session, month: StationMonth, *spans: tuple[str, Employment, date, date]) -> None:
    """The first worker's posts, in place of the one there was; last dates not included."""
    db.execute(
        update(Posting)
        .where(Posting.worker_id == month.worker())
        .values(valid=Range(date(2026, 1, 1), MONTH))
    )
    for community, employment, first, after in spans:
        db.add(
            Posting(
                id=key(),
                worker_id=month.worker(),
                community_code=community,
                employment=employment,
                valid=Range(first, after),
            )
        )
    db.flush()


def everybody(month: StationMonth) -> None:
    for grid in (GRID, NEIGHBOUR, THIRD, "510185001002001", "510185001002002"):
        month.days(grid)


def test_apr_1_in_two_units_in_a_month_one_appraisal_at_the_last(month: StationMonth) -> None:
    db = month.db
    everybody(month)
    full, middle, after = Employment.FULL_TIME, date(2026, 3, 16), date(2026, 4, 1)
    posted(db, month, (COMMUNITY, full, MONTH, middle), (ELSEWHERE, full, middle, after))
    assert compute_month(db, COMMUNITY, MONTH, SETTLED) == 2
    assert compute_month(db, ELSEWHERE, MONTH, SETTLED) == 3
    row = db.get_one(MonthAppraisal, (month.worker(), MONTH))
    assert row.community_code == ELSEWHERE
    assert [post["community_code"] for post in row.because["posts"]] == [COMMUNITY, ELSEWHERE]
    line = db.get_one(MonthIndicator, (month.worker(), MONTH, Indicator.ATTENDANCE))
    assert line.denominator == 3 * len(month.duty)


def test_apr_1_a_post_written_down_late_moves_nobodys_decided_month(month: StationMonth) -> None:
    db = month.db
    everybody(month)
    assert compute_month(db, COMMUNITY, MONTH, SETTLED) == 3
    whole = db.get_one(AppraisalMonth, (COMMUNITY, MONTH))
    whole.state, whole.confirmed_at = MonthState.CONFIRMED, SETTLED
    full, middle, after = Employment.FULL_TIME, date(2026, 3, 16), date(2026, 4, 1)
    posted(db, month, (COMMUNITY, full, MONTH, middle), (ELSEWHERE, full, middle, after))
    assert compute_month(db, ELSEWHERE, MONTH, SETTLED) == 2
    assert db.get_one(MonthAppraisal, (month.worker(), MONTH)).community_code == COMMUNITY


def test_org_4_rural_part_time_dates_are_not_appraised(month: StationMonth) -> None:
    db = month.db
    everybody(month)
    rural, full = Employment.RURAL_PART_TIME, Employment.FULL_TIME
    middle, after = date(2026, 3, 16), date(2026, 4, 1)
    posted(db, month, (COMMUNITY, rural, MONTH, middle), (COMMUNITY, full, middle, after))
    compute_month(db, COMMUNITY, MONTH, SETTLED)
    line = db.get_one(MonthIndicator, (month.worker(), MONTH, Indicator.ATTENDANCE))
    assert line.denominator == 3 * sum(day >= middle for day in month.duty)
    posted_all = update(Posting).where(Posting.worker_id == month.worker())
    db.execute(posted_all.values(employment=rural))
    assert compute_month(db, COMMUNITY, MONTH, SETTLED) == 2
    assert db.get(MonthAppraisal, (month.worker(), MONTH)) is None
    assert (
        db.scalars(select(MonthIndicator).where(MonthIndicator.worker_id == month.worker())).all()
        == []
    )


def test_con_1_a_demerit_fails_the_month_until_it_is_overturned(month: StationMonth) -> None:
    db = month.db
    everybody(month)
    compute_month(db, COMMUNITY, MONTH, SETTLED)
    row = db.get_one(MonthAppraisal, (month.worker(), MONTH))
    row.result = Result.PASS
    proposal = ConductProposal(
        id=key(), worker_id=row.worker_id, community_code=COMMUNITY, ground=Ground.B1,
        occurred_on=date(2026, 3, 2), counted_for=date(2026, 3, 2),
        source=ProposalSource.RECORDED, state=ProposalState.PENALISED, evidence=1,
        found_at=SETTLED, told_at=SETTLED, answer_until=date(2026, 3, 9),
    )  # fmt: skip
    db.add(proposal)
    db.flush()
    penalty = Penalty(
        id=key(), proposal_id=proposal.id, worker_id=row.worker_id, community_code=COMMUNITY,
        ground=Ground.B1, occurred_on=date(2026, 3, 2), kind=PenaltyKind.DEMERIT,
        standing=PenaltyKind.DEMERIT, decided_on=date(2026, 3, 31), ends_on=date(2026, 4, 30),
        evidence=1, evidence_digest="0" * 64, tier=Tier.TOWNSHIP, decided_at=SETTLED,
        decided_by=month.account("township"),
    )  # fmt: skip
    db.add(penalty)
    db.flush()
    shown = rows_out(db, [row])[0]
    assert (shown.result, shown.in_force, shown.demerits) == (
        Result.PASS,
        Result.FAIL,
        [penalty.id],
    )
    penalty.standing = None
    db.flush()
    assert rows_out(db, [row])[0].in_force is Result.PASS


def test_inf_4_focus_counts_by_grid_at_the_months_end_and_names_nobody(
    month: StationMonth,
) -> None:
    db = month.db
    everybody(month)
    entered = month.record(date(2026, 3, 2), date(2026, 3, 3))
    late = month.record(date(2026, 3, 30), date(2026, 4, 1))
    for record in (entered, late):
        db.add(RecordFocus(record_id=record, digest=FocusKind.RENTAL.value))
    for unit, digest, withdrawn in ((GRID, "a", False), (GRID, "b", True), (COMMUNITY, "c", False)):
        db.add(
            FocusListing(
                id=key(), unit_code=unit, community_code=COMMUNITY, digest=digest,
                focus=FocusKind.SPECIAL_GROUP.value, listed_on=date(2026, 3, 5),
                listed_by=month.account("township"), listed_at=SETTLED,
                withdrawn_at=MONTH_MIDDLE if withdrawn else None,
            )
        )  # fmt: skip
    db.flush()
    compute_month(db, COMMUNITY, MONTH, SETTLED)
    line = db.get_one(MonthIndicator, (month.worker(), MONTH, Indicator.INFORMATION))
    focus = line.parts["parts"]["focus"]
    assert (focus["numerator"], focus["denominator"]) == (1, 3)
    assert focus["missed"] == [{"kind": "grid", "key": GRID}]


MONTH_MIDDLE = SETTLED.replace(month=3, day=15)


def test_apr_1_what_another_community_took_over_meanwhile_is_not_forgotten(
    month: StationMonth,
) -> None:
    """Two stations compute at once, and the worker has just moved from one to the other."""
    db = month.db
    everybody(month)
    compute_month(db, COMMUNITY, MONTH, SETTLED)
    moved, stays = month.worker(), month.worker(NEIGHBOUR)
    db.get_one(MonthAppraisal, (moved, MONTH)).community_code = ELSEWHERE
    db.flush()
    forget(db, MONTH, [COMMUNITY], [moved, stays])
    left = db.scalars(select(MonthAppraisal.worker_id)).all()
    assert (moved in left, stays in left) == (True, False)
    lines = db.scalars(select(MonthIndicator.worker_id)).all()
    assert (moved in lines, stays in lines) == (True, False)


def test_apr_1_checks_are_charged_to_whoever_wrote_what_was_checked(month: StationMonth) -> None:
    db = month.db
    everybody(month)
    day, entered = date(2026, 3, 2), date(2026, 3, 3)
    own, of_office = month.record(day, entered), month.record(day, entered, by_office=True)
    month.check(date(2026, 3, 9), [(own, CheckResult.CORRECT), (of_office, CheckResult.WRONG)])
    db.flush()
    compute_month(db, COMMUNITY, MONTH, SETTLED)
    line = db.get_one(MonthIndicator, (month.worker(), MONTH, Indicator.INFORMATION))
    checks = line.parts["parts"]["checks"]
    assert (checks["numerator"], checks["denominator"]) == (1, 1)
