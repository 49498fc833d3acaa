"""A month of work in the demo city: recorded by the commands, so that it adds up."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.conduct.detecting import detect
from app.db import schema
from app.db.engine import Sessions, make_engine, make_sessions
from app.db.models import (
    AppraisalMonth,
    CheckIn,
    ConductAnswer,
    ConductProposal,
    Contract,
    DailyNote,
    Errand,
    HopExtension,
    IncidentAct,
    IncidentCard,
    IncidentCase,
    IncidentHop,
    Meeting,
    PayLine,
    Payroll,
    Penalty,
    PlatformAccount,
    PlatformLogin,
    Posting,
    Record,
    Visit,
    VisitTally,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    Worker,
)
from app.demo import city as jianyang
from app.demo import exchange, month_end, month_people
from app.demo import load as demo
from app.demo.contracts import born_to_retire
from app.kit.clock import civil_day
from app.rules.appraisal import MonthState
from app.rules.attendance import Verdict
from app.rules.cards import Colour
from app.rules.conduct import PenaltyKind, ProposalState
from app.rules.delivery import DeliveryState, EndpointState
from app.rules.duty import Employment
from app.rules.field_records import Severity
from app.rules.hiring import RetirementPost
from app.rules.incidents import State
from app.rules.information import RecordState
from app.rules.pay import PayrollState
from app.rules.retirement import retires_on
from app.rules.tasks import LoginSource, Platform
from app.rules.tiers import Tier
from app.rules.visits import VisitKind, VisitVerdict
from app.settings import Settings
from app.standin.agreement import Agreement, Manner
from app.standin.command import AgreementIn
from app.standin.platform import Standin
from app.standin.server import build
from app.visits import tallies
from tests.platforms.meeting import deliver
from tests.platforms.standing_in import NOWHERE, answering

NOW = datetime(2026, 3, 20, 1, tzinfo=UTC)
DAYS = 13
"""Duty dates from 2026-02-17 to 2026-03-19, the Spring Festival and its make-up days counted."""


@pytest.fixture(scope="module")
def sessions(server: Settings) -> Iterator[Sessions]:
    """A city of few workers after its month."""
    with schema.scratch_database(server, "test_month") as fresh:
        schema.upgrade(fresh)
        demo.load(fresh, 7, 12, NOW, lambda step: None)
        assert demo.write_month(fresh, 7, NOW, lambda step: None) > 0
        engine = make_engine(fresh)
        yield make_sessions(engine)
        engine.dispose()


@pytest.fixture
def worked(sessions: Sessions) -> Iterator[Session]:
    """What is there then."""
    with sessions() as session:
        yield session


def counted(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_everybody_worked_on_every_duty_date(worked: Session) -> None:
    people = list(month_people.people_of(worked, jianyang.MONTH_IN, civil_day(NOW)))
    assert people
    days = worked.scalars(select(CheckIn.day).distinct()).all()
    assert len(days) > DAYS
    assert counted(worked, CheckIn) == 3 * len(people) * len(days)
    assert set(worked.scalars(select(CheckIn.verdict))) == {Verdict.VALID}
    listed = select(func.count()).where(PlatformLogin.source == LoginSource.STATION)
    assert worked.scalar(listed) == 2 * len(people) * len(days)


def test_there_is_something_of_everything(worked: Session) -> None:
    assert set(worked.scalars(select(Visit.verdict))) == {
        VisitVerdict.COUNTS,
        VisitVerdict.NOBODY_HOME,
    }
    assert RecordState.ENTERED in set(worked.scalars(select(Record.state)))
    for model in (Errand, Meeting, DailyNote):
        assert counted(worked, model) > 0, model


def test_guards_were_visited_on_most_duty_dates(worked: Session) -> None:
    tallies.recompute(worked, jianyang.MONTH_IN, NOW)
    rows = worked.scalars(
        select(VisitTally).where(VisitTally.kind == VisitKind.PROPERTY_GUARD)
    ).all()
    owed, paid = sum(row.owed for row in rows), sum(row.paid for row in rows)
    assert owed > 0
    assert paid <= owed
    assert paid > owed / 3
    worked.rollback()


def states(session: Session) -> Counter[State]:
    return Counter(session.scalars(select(IncidentCase.state)))


def test_evt_1_most_events_were_closed_and_verified(worked: Session) -> None:
    found = states(worked)
    assert found[State.VERIFIED] > sum(found.values()) / 2
    for state in (State.WITHDRAWN, State.FALSE, State.DUPLICATE):
        assert found[state] == 1, state
    assert found[State.HELD] >= 3
    assert found[State.HANDLING] >= 3
    closers = set(worked.scalars(select(IncidentCase.closed_by)))
    assert closers >= {Tier.GRID, Tier.COMMUNITY, Tier.TOWNSHIP}
    assert worked.scalar(select(IncidentCase.reopened).where(IncidentCase.reopened))
    majors = select(IncidentCase.state).where(IncidentCase.severity == Severity.MAJOR)
    assert set(worked.scalars(majors)) == {State.VERIFIED}


def test_evt_3_every_tier_holds_something_and_the_desk_has_something_to_do(worked: Session) -> None:
    held = worked.scalars(select(IncidentHop).where(IncidentHop.ended_at.is_(None))).all()
    assert {hop.tier for hop in held} == {Tier.GRID, Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE}
    assert any(NOW < hop.due_at < NOW + timedelta(hours=6) for hop in held)
    asked = worked.scalars(select(HopExtension).where(HopExtension.decided_at.is_(None))).all()
    assert [extension.hop_id in {hop.id for hop in held} for extension in asked] == [True]


def test_evt_3_cards_fell_at_the_instants_of_their_holds(worked: Session) -> None:
    cards = worked.execute(
        select(IncidentCard, IncidentHop).join(IncidentHop, IncidentHop.id == IncidentCard.hop_id)
    ).all()
    for card, hop in cards:
        assert card.fell_at == (hop.yellow_at if card.colour is Colour.YELLOW else hop.red_at)
    open_ones = Counter(card.colour for card, hop in cards if hop.ended_at is None)
    assert open_ones == {Colour.YELLOW: 2, Colour.RED: 1}
    assert any(hop.ended_at is not None for _, hop in cards)
    overdue = worked.scalars(select(IncidentHop).where(IncidentHop.ended_at.is_(None))).all()
    assert all(hop.next_card_at is None or hop.next_card_at >= NOW for hop in overdue)


def test_nothing_happened_after_the_day_of_loading(worked: Session) -> None:
    assert (worked.scalar(select(func.max(IncidentAct.received_at))) or NOW) <= NOW


def test_int_1_both_platforms_are_told_once_their_endpoints_are_resumed(
    sessions: Sessions,
) -> None:
    with sessions() as session:
        endpoints = session.scalars(select(WebhookEndpoint)).all()
        assert {endpoint.platform for endpoint in endpoints} == set(Platform)
        assert {endpoint.state for endpoint in endpoints} == {EndpointState.PAUSED}
        told = counted(session, WebhookEvent)
        assert counted(session, WebhookDelivery) == 2 * told > 100
        accounts = counted(session, PlatformAccount)
        assert accounts == 2 * counted_workers(session)
    with ExitStack() as running:
        urls: dict[Platform | None, str] = {
            platform: running.enter_context(listening(platform)) for platform in Platform
        }
        with sessions.begin() as session:
            for endpoint in session.scalars(select(WebhookEndpoint)):
                endpoint.url = f"{urls[endpoint.platform]}/deliveries"
                endpoint.state = EndpointState.ACTIVE
        deliver(sessions, lambda: NOW)
    with sessions() as session:
        assert set(session.scalars(select(WebhookDelivery.state))) == {DeliveryState.SUCCEEDED}


def counted_workers(session: Session) -> int:
    return session.scalar(select(func.count()).where(Worker.level == 1)) or 0


@contextmanager
def listening(platform: Platform) -> Iterator[str]:
    """A stand-in platform as whoever follows the README starts it."""
    file = Path(exchange.__file__).with_name("data") / f"stub-{platform.value}.toml"
    text = file.read_text("utf-8") if file.exists() else ""
    agreed = AgreementIn.model_validate(tomllib.loads(text))
    told, says = (
        Manner(side.scheme, tuple(side.secrets), side.credentials)
        for side in (agreed.told, agreed.says)
    )
    standin = Standin(Agreement(platform, told, says, NOWHERE), lambda: NOW)
    with answering(build(standin)) as url:
        yield url


def test_every_full_time_worker_has_a_contract_and_some_end_soon(worked: Session) -> None:
    """HIRE-3: the station has something to look at, and nobody's contract is over."""
    contracts = worked.scalars(select(Contract)).all()
    bound = select(func.count()).where(Posting.employment == Employment.FULL_TIME)
    assert len(contracts) == worked.scalar(bound)
    today = civil_day(NOW)
    ends = [min(one.retires_on, one.term_ends_on or one.retires_on) for one in contracts]
    assert all(end > today for end in ends)
    assert any(end <= today + timedelta(days=90) for end in ends)


def test_proposals_stand_in_different_states(worked: Session) -> None:
    """Found in the nights of the month; the first was decided after an answer."""
    states = Counter(worked.scalars(select(ConductProposal.state)))
    assert states[ProposalState.PENALISED] == 1
    assert states[ProposalState.PUT_FORWARD] == 1
    assert states[ProposalState.DROPPED] == 1
    penalty = worked.scalars(select(Penalty)).one()
    assert penalty.kind is PenaltyKind.WARNING
    assert worked.scalar(select(func.count()).select_from(ConductAnswer)) == 3


def test_last_month_is_closed_in_the_first_community_and_its_payroll_computed(
    worked: Session,
) -> None:
    """APR-1, PAY-4: the sums of the payroll are those of its lines."""
    month = worked.scalars(select(AppraisalMonth)).one()
    assert (month.community_code, month.state) == (jianyang.MONTH_IN, MonthState.CLOSED)
    assert month.month == date(2026, 2, 1)
    payroll = worked.scalars(select(Payroll)).one()
    assert (payroll.month, payroll.state) == (month.month, PayrollState.COMPUTED)
    assert payroll.total == worked.scalar(select(func.sum(PayLine.amount)))
    assert payroll.workers == worked.scalar(select(func.count()).select_from(Contract))


def test_nothing_is_found_of_the_month_but_what_the_demo_tells(worked: Session) -> None:
    """Searched for every ground: no worker of the city lacks logins, records or a quota."""
    before = worked.scalar(select(func.count()).select_from(ConductProposal))
    assert detect(worked, jianyang.MONTH_IN, date(2026, 2, 1), NOW) == 0
    assert worked.scalar(select(func.count()).select_from(ConductProposal)) == before
    worked.rollback()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 20, 1, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 3, 3, 15, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 3, 3, 16, 0, tzinfo=UTC), date(2026, 2, 1)),
    ],
)
def test_the_last_month_is_the_last_that_settled(now: datetime, expected: date) -> None:
    assert month_end.last_settled(now) == expected


@pytest.mark.parametrize("post", RetirementPost)
@pytest.mark.parametrize("wanted", [date(2026, 4, 30), date(2031, 2, 28), date(2049, 12, 31)])
def test_whoever_shall_retire_soon_was_born_for_it(post: RetirementPost, wanted: date) -> None:
    assert timedelta(0) <= retires_on(post, born_to_retire(post, wanted)) - wanted
    assert retires_on(post, born_to_retire(post, wanted)) - wanted <= timedelta(days=31)
