"""Appeals to the tier above, reviews of what changed, the township's interview (CON-1, CON-2)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range

from app.approvals.refusals import CaseClosed, NotYourStep, OwnMatter
from app.conduct import appealing, interviews, reviewing
from app.conduct.details import history_of
from app.conduct.flagging import offer_later_ones
from app.conduct.proposing import refresh
from app.conduct.refusals import (
    AppealedAlready,
    AppealLate,
    AppealWaiting,
    ConductIdReused,
    DateOutOfSpan,
    NoInterview,
    NoReviewOffered,
    NotLower,
    PenaltyOverturned,
    ReviewedBelow,
    RungChanged,
    SamePerson,
)
from app.conduct.schemas import InterviewIn, OfficeAppealIn, PenaltyReviewIn
from app.db.models import (
    Account,
    ApprovalCase,
    Change,
    ConductProposal,
    Delegation,
    Penalty,
    PenaltyInterview,
    Posting,
)
from app.kit.errors import Forbidden, NotFound, Refusal
from app.kit.ids import uuid7
from app.rules.approvals import CaseState
from app.rules.conduct import Ground, PenaltyAct, PenaltyKind
from app.rules.due_process import ReviewOutcome
from app.rules.tiers import Tier
from tests.attendance.facts import acting, at
from tests.conduct.matters import AFTER_TERM, FIRST, Matters

DECIDED = at("10:00", date(2026, 4, 1))
"""The tenth duty date after it is Thursday 16: the 6th is a holiday."""
LAST_DAY = at("10:00", date(2026, 4, 16))
SECOND = date(2026, 4, 15)
KEEP = PenaltyReviewIn(outcome=ReviewOutcome.KEEP, reason="仍然成立")
OVERTURN = PenaltyReviewIn(outcome=ReviewOutcome.OVERTURN, reason="不成立")


def lower(kind: PenaltyKind | None) -> PenaltyReviewIn:
    return PenaltyReviewIn(outcome=ReviewOutcome.LOWER, to=kind, reason="前一处罚已撤销")


WAITED_FOR = """
select count(*) from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))
"""


def second_lead(matters: Matters, role: str, unit: str) -> str:
    """Another person with a role, under a name of its own."""
    name = f"another {role}"
    matters.city.phones[name] = "18700000001"
    matters.db.add(
        Account(
            id=uuid7(DECIDED),
            phone="18700000001",
            name=name,
            unit_code=unit,
            roles=[role],
            password_hash="x",
        )
    )
    matters.db.flush()
    matters.people[name] = acting(matters.db, matters.city, name)
    return name


def test_con_1_the_tier_above_decides_and_an_upheld_penalty_never_counted(
    matters: Matters,
) -> None:
    warning = matters.penalised(FIRST, DECIDED)
    demerit = matters.penalised(SECOND)
    appeal = matters.appeal(warning, LAST_DAY)
    case = matters.case_of(appeal)
    assert appeal.tier is Tier.CENTRE
    with pytest.raises(NotYourStep):
        matters.take("township", case, LAST_DAY)
    matters.take("command_centre", case, LAST_DAY)
    assert (warning.kind, warning.standing, appeal.upheld) == (PenaltyKind.WARNING, None, True)
    assert matters.acts(warning)[1:] == [PenaltyAct.APPEALED, PenaltyAct.OVERTURNED]
    assert demerit.review_because == {"changed": str(warning.id), "rung": "warning"}
    assert matters.detected(date(2026, 5, 20)).rung is PenaltyKind.DEMERIT
    with pytest.raises(CaseClosed):
        matters.take("command_centre", case, LAST_DAY)


def test_con_1_a_refused_appeal_leaves_the_penalty_and_there_is_no_second(
    matters: Matters,
) -> None:
    penalty = matters.penalised(FIRST, DECIDED)
    appeal = matters.appeal(penalty, LAST_DAY)
    with pytest.raises(AppealedAlready):
        matters.appeal(penalty, LAST_DAY)
    matters.take("command_centre", matters.case_of(appeal), LAST_DAY, refused="证据充分")
    assert (penalty.standing, appeal.upheld) == (PenaltyKind.WARNING, False)
    assert matters.acts(penalty)[-1] is PenaltyAct.APPEAL_REFUSED
    with pytest.raises(AppealedAlready):
        matters.appeal(penalty, LAST_DAY)


def test_con_1_ten_duty_dates_by_the_proven_time(matters: Matters) -> None:
    penalty = matters.penalised(FIRST, DECIDED)
    with pytest.raises(AppealLate) as refused:
        matters.appeal(penalty, LAST_DAY + timedelta(days=1))
    assert refused.value.facts["appeal_until"] == LAST_DAY.date()
    with pytest.raises(AppealLate):
        matters.appeal(penalty, LAST_DAY, late=1, proven=False)
    with pytest.raises(NotFound):
        Matters(matters.db, matters.city, "510185001001002").appeal(penalty, LAST_DAY)
    assert matters.appeal(penalty, LAST_DAY, late=2).appealed_at == LAST_DAY


def test_con_1_above_the_office_there_is_only_another_person_of_it(matters: Matters) -> None:
    proposal = matters.recorded(Ground.A4)
    case = matters.put_forward(proposal, AFTER_TERM)
    for who in ("township", "command_centre", "leading_group_office"):
        matters.take(who, case, AFTER_TERM)
    penalty = matters.penalty(proposal)
    body = OfficeAppealIn(id=uuid7(AFTER_TERM), handed_in_on=AFTER_TERM.date(), said="不服")
    appeal = appealing.take_down_appeal(
        matters.db, matters.who("station_lead"), penalty.id, body, AFTER_TERM
    )
    assert appeal.tier is Tier.OFFICE
    with pytest.raises(SamePerson):
        matters.take("leading_group_office", matters.case_of(appeal), AFTER_TERM)
    other = second_lead(matters, "leading_group_office", "510185")
    matters.take(other, matters.case_of(appeal), AFTER_TERM)
    assert penalty.standing is None
    posts = select(Posting).where(Posting.worker_id == matters.worker_id)
    assert [post.valid.upper for post in matters.db.scalars(posts)] == [None]


def test_what_was_handed_in_on_paper_is_taken_down_once_in_its_span(matters: Matters) -> None:
    penalty, lead = matters.penalised(FIRST, DECIDED), matters.who("station_lead")
    key = uuid7(LAST_DAY)

    def hand_in(on: date, said: str = "不服") -> object:
        body = OfficeAppealIn(id=key, handed_in_on=on, said=said)
        return appealing.take_down_appeal(matters.db, lead, penalty.id, body, LAST_DAY)

    for outside in (DECIDED.date() - timedelta(days=1), LAST_DAY.date() + timedelta(days=1)):
        with pytest.raises(DateOutOfSpan):
            hand_in(outside)
    assert hand_in(LAST_DAY.date()) is hand_in(LAST_DAY.date())
    with pytest.raises(ConductIdReused):
        hand_in(LAST_DAY.date(), "别的话")
    body = OfficeAppealIn(id=uuid7(LAST_DAY), handed_in_on=LAST_DAY.date(), said="不服")
    [appealed] = history_of(matters.db, penalty.id)[1:]
    assert appealed.facts == {"appeal": str(key), "handed_in_on": LAST_DAY.date().isoformat()}
    herself = matters.who(matters.grid)
    with pytest.raises(OwnMatter):
        appealing.take_down_appeal(matters.db, herself, penalty.id, body, LAST_DAY)


def offered(matters: Matters, moment_of_doubt: date = date(2026, 4, 2)) -> Penalty:
    """A warning behind which something changed."""
    penalty = matters.penalised(FIRST, DECIDED)
    matters.bare(at("15:00"))
    assert refresh(matters.db, matters.proposal(), at("18:00", moment_of_doubt))
    return penalty


def test_con_2_a_review_keeps_lowers_or_overturns_once(matters: Matters) -> None:
    penalty, township = offered(matters), matters.who("township")
    reviewing.review(matters.db, township, penalty.id, KEEP, LAST_DAY)
    assert (penalty.standing, penalty.review_because) == (PenaltyKind.WARNING, None)
    with pytest.raises(NoReviewOffered):
        reviewing.review(matters.db, township, penalty.id, OVERTURN, LAST_DAY)
    matters.bare(at("16:00"))
    refresh(matters.db, matters.proposal(), LAST_DAY)
    centre = matters.who("command_centre")
    reviewing.review(matters.db, centre, penalty.id, OVERTURN, LAST_DAY)
    assert matters.acts(penalty) == [
        PenaltyAct.DECIDED,
        PenaltyAct.REVIEW_OFFERED,
        PenaltyAct.REVIEW_KEPT,
        PenaltyAct.REVIEW_OFFERED,
        PenaltyAct.OVERTURNED,
    ]
    for act in (
        lambda: reviewing.review(matters.db, township, penalty.id, KEEP, LAST_DAY),
        lambda: matters.appeal(penalty, LAST_DAY),
    ):
        with pytest.raises(PenaltyOverturned):
            act()
    assert not refresh(matters.db, matters.proposal(), LAST_DAY)


def test_con_2_the_worker_is_told_what_an_open_proposal_would_lead_to_now(
    matters: Matters,
) -> None:
    """As soon as another penalty of the year is decided, and when it is overturned."""
    waits = matters.detected(SECOND)
    last_year = matters.recorded(Ground.B2, date(2026, 1, 5))
    last_year.occurred_on = date(2025, 12, 31)
    matters.db.flush()

    def told() -> list[str]:
        changes = matters.db.scalars(select(Change).where(Change.kind == "proposal"))
        bodies = [change.body for change in changes if change.subject_id == str(waits.id)]
        return [body["rung"] for body in bodies if body is not None]

    assert told() == ["warning"]
    warning = matters.penalised(FIRST, LAST_DAY)
    assert (waits.rung, last_year.rung) == (PenaltyKind.DEMERIT, PenaltyKind.WARNING)
    assert told()[-1] == "demerit"
    matters.take("command_centre", matters.case_of(matters.appeal(warning, LAST_DAY)), LAST_DAY)
    assert (warning.standing, waits.rung) == (None, PenaltyKind.WARNING)
    assert told()[-1] == "warning"


def test_con_2_never_heavier_never_below_never_beside_an_appeal(matters: Matters) -> None:
    penalty, township = offered(matters), matters.who("township")
    for kind in (None, PenaltyKind.WARNING, PenaltyKind.DEMERIT):
        with pytest.raises(NotLower):
            reviewing.review(matters.db, township, penalty.id, lower(kind), LAST_DAY)
    with pytest.raises(ReviewedBelow):
        reviewing.review(matters.db, matters.who("station_lead"), penalty.id, KEEP, LAST_DAY)
    matters.appeal(penalty, LAST_DAY)
    with pytest.raises(AppealWaiting):
        reviewing.review(matters.db, township, penalty.id, KEEP, LAST_DAY)


def test_con_2_what_followed_from_an_overturned_warning_is_lowered(matters: Matters) -> None:
    warning = matters.penalised(FIRST, DECIDED)
    demerit = matters.penalised(SECOND)
    matters.take("command_centre", matters.case_of(matters.appeal(warning, LAST_DAY)), LAST_DAY)
    township = matters.who("township")
    reviewing.review(matters.db, township, demerit.id, lower(PenaltyKind.WARNING), LAST_DAY)
    assert (demerit.kind, demerit.standing) == (PenaltyKind.DEMERIT, PenaltyKind.WARNING)
    assert matters.acts(demerit)[-1] is PenaltyAct.LOWERED
    assert (matters.told("penalty").body or {})["standing"] == "warning"


def test_con_2_what_stands_for_less_than_its_rung_is_not_offered_for_review(
    matters: Matters,
) -> None:
    """Nobody can raise what was lowered once."""
    warning = matters.penalised(FIRST, DECIDED)
    demerit = matters.penalised(SECOND)
    demerit.standing = PenaltyKind.WARNING
    offer_later_ones(matters.db, warning, LAST_DAY)
    assert (demerit.review_because, matters.acts(demerit)) == (None, [PenaltyAct.DECIDED])


def test_con_1_the_township_talks_a_demerit_over(matters: Matters) -> None:
    warning = matters.penalised(FIRST, DECIDED)
    demerit = matters.penalised(SECOND)
    today = at("10:00", date(2026, 5, 6))

    def talk(who: str, penalty: Penalty, on: date, said: str = "已说明") -> PenaltyInterview:
        body = InterviewIn(id=uuid7(DECIDED, b"\x00" * 10), held_on=on, said=said)
        return interviews.record_interview(matters.db, matters.who(who), penalty.id, body, today)

    refused: list[tuple[type[Refusal], Callable[[], object]]] = [
        (NoInterview, lambda: talk("township", warning, today.date())),
        (Forbidden, lambda: talk("command_centre", demerit, today.date())),
        (DateOutOfSpan, lambda: talk("township", demerit, demerit.decided_on - DAY)),
        (DateOutOfSpan, lambda: talk("township", demerit, today.date() + DAY)),
    ]
    for kind, act in refused:
        with pytest.raises(kind):
            act()
    held = talk("township", demerit, demerit.decided_on)
    assert talk("township", demerit, demerit.decided_on) is held
    with pytest.raises(ConductIdReused):
        talk("township", demerit, demerit.decided_on, "别的话")
    assert matters.acts(demerit)[-1] is PenaltyAct.INTERVIEWED


DAY = timedelta(days=1)


def test_con_2_decided_beside_each_other_the_second_counts_the_first(
    matters: Matters, api: FastAPI
) -> None:
    """Two people of the township decide two proposals of one worker in the same moment."""
    proposals = [matters.detected(FIRST + DAY * passed) for passed in (0, 1)]
    cases = [matters.put_forward(proposal, AFTER_TERM).id for proposal in proposals]
    matters.db.commit()
    begin, later = Barrier(2), AFTER_TERM + DAY * 7

    def decide(number: int) -> str:
        with api.state.sessions() as db:
            mine = Matters(db, matters.city)
            case = db.get_one(ApprovalCase, cases[number])
            mine.who("township")
            begin.wait()
            try:
                mine.take("township", case, later)
            except RungChanged:
                return "rung_changed"
            db.commit()
            return "decided"

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(decide, (0, 1))) == ["decided", "rung_changed"]
    matters.db.expire_all()
    assert [one.kind for one in matters.db.scalars(select(Penalty))] == [PenaltyKind.WARNING]
    assert CaseState.OPEN in {case.state for case in matters.db.scalars(select(ApprovalCase))}


def test_con_2_who_reviews_and_who_looks_again_never_wait_for_each_other(
    matters: Matters, api: FastAPI
) -> None:
    """Both begin with the proposal: whoever looks at it again has the penalty to himself."""
    penalty = offered(matters)
    matters.db.commit()

    def review() -> PenaltyKind | None:
        with api.state.sessions.begin() as db:
            who = Matters(db, matters.city).who("township")
            return reviewing.review(db, who, penalty.id, KEEP, LAST_DAY).standing

    with ThreadPoolExecutor(1) as other, api.state.sessions.begin() as looking:
        looking.get_one(ConductProposal, penalty.proposal_id, with_for_update=True)
        waiting = other.submit(review)
        while not looking.scalar(text(WAITED_FOR)):
            assert not waiting.done()
        looking.get_one(Penalty, penalty.id, with_for_update={"nowait": True})
        looking.rollback()
        assert waiting.result() is PenaltyKind.WARNING


@pytest.mark.parametrize("through", ["decision", "appeal"])
def test_con_1_no_stand_in_makes_another_person_of_who_decided(
    matters: Matters, through: str
) -> None:
    """Neither decides one's own word anew, whoever lent the other the place."""
    other = second_lead(matters, "leading_group_office", "510185")
    offices = ["leading_group_office", other]
    holder, stand_in = offices if through == "appeal" else reversed(offices)
    proposal = matters.recorded(Ground.A4)
    case = matters.put_forward(proposal, AFTER_TERM)
    for who in ("township", "command_centre"):
        matters.take(who, case, AFTER_TERM)
    stands_in(matters, holder, stand_in)
    if through == "decision":
        alone = matters.who(stand_in)
        matters.people[stand_in] = replace(alone, roles=("command_centre",))
    matters.take("leading_group_office", case, AFTER_TERM)
    matters.people.clear()
    appeal = matters.case_of(matters.appeal(matters.penalty(proposal), AFTER_TERM))
    if through == "appeal":
        matters.people[other] = replace(matters.who(other), roles=("command_centre",))
    with pytest.raises(SamePerson):
        matters.take(other, appeal, AFTER_TERM)


def stands_in(matters: Matters, holder: str, stand_in: str) -> None:
    """Over the date of the decision."""
    matters.db.add(
        Delegation(
            id=uuid7(DECIDED),
            from_account=matters.who(holder).account_id,
            to_account=matters.who(stand_in).account_id,
            unit_code="510185",
            tier=Tier.OFFICE,
            valid=Range(FIRST, date(2026, 4, 30)),
            reason="外出培训",
            made_by=matters.who(holder).account_id,
            made_at=DECIDED,
        )
    )
    matters.db.flush()
