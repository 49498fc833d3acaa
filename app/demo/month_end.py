"""The end of the demo's last month: appraised and closed in one community, its payroll computed.

As with its records, nothing is written past the commands but the logins of the rest of the city.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.appraisal.computing import compute_month
from app.appraisal.confirming import close_month, confirm_month
from app.appraisal.forms import MonthClosingIn, MonthWordIn, WorkerResultIn
from app.appraisal.months import digest_of, rows_of
from app.approvals.taking import Word, take_by_key
from app.conduct.answering import record_answer
from app.conduct.deciding import drop_proposal, put_forward
from app.conduct.detecting import detect_dates
from app.conduct.reacting import PENALTY
from app.conduct.schemas import CloseIn, ProposalAnswerIn, PutForwardIn
from app.conduct.shown import evidence_of
from app.db.engine import Sessions
from app.db.models import ConductProposal
from app.demo.month_offices import acting
from app.demo.month_people import Person, captured, people_of
from app.kit.clock import civil_day, day_start
from app.pay.closing import put_forward as put_payroll_forward
from app.people.principal import Principal
from app.rules.appraisal import Result, settles_at
from app.rules.approvals import Procedure
from app.rules.divisions import ancestors
from app.rules.parameters import Values
from app.rules.tasks import Platform

LOGINS = """
insert into platform_login (worker_id, platform, day, community_code, at, source, evidence,
                            recorded_at)
select posting.worker_id, platform, day, community_code, day + time '00:35' at time zone 'UTC',
       'webhook', '演示数据', day + time '00:36' at time zone 'UTC'
from posting
join calendar_day on working and day between cast(:first as date) and cast(:last as date)
cross join unnest(cast(:platforms as text[])) platform
where employment = 'full_time' and posting.valid @> day
on conflict do nothing
"""
FIRST_MONTH = "系统启用首月，启用之前的记录在纸上，按实际表现评定"
"""The station's word where records begin within the month."""
SEARCHED_AT = timedelta(hours=2, minutes=50)
ANSWERED_AFTER, DECIDED_AFTER = timedelta(hours=8), timedelta(hours=32)


def last_settled(now: datetime) -> date:
    """The first date of the last month that nothing more is expected of."""
    month = civil_day(now).replace(day=1)
    while settles_at(month, Values.defaults()) > now:
        month = (month - timedelta(days=1)).replace(day=1)
    return month


def search_night(session: Session, community: str, day: date) -> None:
    """The night after a date: what was found on it is proposed (CON-B1, B4)."""
    detect_dates(session, [community], day, day_start(day + timedelta(days=1)) + SEARCHED_AT)


def write(sessions: Sessions, community: str, now: datetime) -> date:
    """Which month was appraised; what was found of its dates is decided before."""
    month = last_settled(now)
    with sessions.begin() as session:
        log_everybody_in(session, month, civil_day(now) - timedelta(days=1))
    with sessions.begin() as session:
        people = people_of(session, community, civil_day(now))
        decide_some(session, community, {one.worker_id: one for one in people}, now)
    with sessions.begin() as session:
        appraise(session, community, month, now)
    with sessions.begin() as session:
        city = ancestors(community)[-1]
        put_payroll_forward(session, acting(session, city, "command_centre"), month, now)
    return month


def log_everybody_in(session: Session, first: date, last: date) -> None:
    """What the platforms would have told of every full-time worker since the month began."""
    platforms = [platform.value for platform in Platform]
    session.execute(text(LOGINS), {"first": first, "last": last, "platforms": platforms})


def appraise(session: Session, community: str, month: date, now: datetime) -> None:
    """Computed in the night, confirmed by the station, closed by the township the next day."""
    settled = settles_at(month, Values.defaults())
    confirmed = min(now, settled + timedelta(hours=33))
    lead = acting(session, community, "station_lead")
    township = acting(session, ancestors(community)[1], "township")
    place = (community, month)
    compute_month(session, community, month, min(now, settled + SEARCHED_AT))
    rows = rows_of(session, community, month)
    known_better = [
        WorkerResultIn(worker_id=row.worker_id, result=Result.PASS, reason=FIRST_MONTH)
        for row in rows
        if row.proposed is Result.FAIL
    ]
    word = MonthWordIn(digest=digest_of(rows), results=known_better)
    confirm_month(session, lead, place, word, confirmed)
    digest = digest_of(rows_of(session, community, month))
    closing = MonthClosingIn(passed=True, digest=digest)
    close_month(session, township, place, closing, min(now, confirmed + timedelta(hours=6)))


def decide_some(
    session: Session, community: str, people: Mapping[UUID, Person], now: datetime
) -> None:
    """The first was answered and penalised, the second put forward, the third dropped; what was
    found after these waits for the answer."""
    found = session.scalars(
        select(ConductProposal)
        .where(ConductProposal.community_code == community)
        .order_by(ConductProposal.found_at, ConductProposal.id)
    ).all()
    lead = acting(session, community, "station_lead")
    for proposal, decide in zip(found, (_penalise, _put_forward, _drop), strict=False):
        answered = proposal.found_at + ANSWERED_AFTER
        if answered + DECIDED_AFTER < now:
            answer = ProposalAnswerIn(proposal_id=proposal.id, said="当天情况已向站长说明")
            record_answer(session, captured(people[proposal.worker_id], answered), answer)
            decide(session, lead, proposal, answered + DECIDED_AFTER)


def _put_forward(
    session: Session, lead: Principal, proposal: ConductProposal, now: datetime
) -> UUID | None:
    digest = evidence_of(session, proposal).digest
    body = PutForwardIn(digest=digest, reason="情况属实")
    return put_forward(session, lead, proposal.id, body, now).case_id


def _penalise(session: Session, lead: Principal, proposal: ConductProposal, now: datetime) -> None:
    case_id = _put_forward(session, lead, proposal, now)
    township = acting(session, ancestors(lead.unit_code)[1], "township")
    word = Word(reason="同意社区意见", facts={"digest": evidence_of(session, proposal).digest})
    assert case_id is not None
    take_by_key(session, township, case_id, word, now, {Procedure.PENALTY: PENALTY})


def _drop(session: Session, lead: Principal, proposal: ConductProposal, now: datetime) -> None:
    body = CloseIn(reason="事件已移交物业，属客观原因")
    drop_proposal(session, lead, proposal.id, body, now)
