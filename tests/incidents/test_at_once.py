"""Two who act on one event at once: one of them does, the other is told what is allowed now."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import IncidentAct, IncidentCard, IncidentCase, IncidentHop, WebhookEvent
from app.incidents import doers
from app.incidents.act_schemas import OfficeActIn
from app.incidents.refusals import ActIdReused, ActNotAllowed, DuplicateUnfit
from app.incidents.sweeping import sweep
from app.kit.errors import Refusal
from app.kit.ids import uuid7
from app.rules.incidents import Act, State
from app.rules.tiers import Tier
from tests.attendance.facts import acting
from tests.incidents.facts import Street, at, said

Outcome = object | Refusal
Doing = Callable[[Session], Outcome]


def at_once(sessions: Sessions, acts: Sequence[Doing]) -> list[Outcome]:
    """Each in a transaction and thread of its own; a refusal is an outcome."""

    def run(act: Doing) -> Outcome:
        try:
            with sessions.begin() as session:
                return act(session)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def office(street: Street, who: str, key: UUID, act: Act, now: datetime, **changes: Any) -> Doing:
    """An act of an office, to be done in a transaction of its own."""
    asker = acting(street.db, street.city, who)
    whole = {"id": str(uuid7(now)), **said(act, **changes)}
    body = OfficeActIn.model_validate(whole)
    return partial(doers.act_for_office, asker=asker, incident_id=key, body=body, now=now)


@pytest.fixture
def key(street: Street) -> UUID:
    """With community and township at once."""
    found = street.reported(at("09:00"), severity="major")
    street.db.commit()
    return found


def refusals_in(outcomes: Sequence[Outcome]) -> list[type[Outcome]]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Refusal)]


def test_of_two_offices_that_close_at_once_one_does(
    street: Street, sessions: Sessions, key: UUID
) -> None:
    now = at("09:10")
    acts = [office(street, who, key, Act.CLOSE, now) for who in ("station_lead", "township")]
    outcomes = at_once(sessions, acts)
    assert refusals_in(outcomes) == [ActNotAllowed]
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert refused.facts["state"] == "closed"
    assert (street.case(key).acts, street.holds(key)) == (2, {})


def test_the_same_act_many_times_at_once_is_one(
    street: Street, sessions: Sessions, key: UUID
) -> None:
    act = office(street, "station_lead", key, Act.ESCALATE, at("09:10"))
    outcomes = at_once(sessions, [act] * 6)
    assert len({outcome.id for outcome in outcomes if isinstance(outcome, IncidentAct)}) == 1
    assert refusals_in(outcomes) == []
    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(IncidentAct)) == 2


def test_one_id_for_two_acts_at_once_stands_for_the_first(
    street: Street, sessions: Sessions, key: UUID
) -> None:
    shared = str(uuid7(at("09:10")))
    acts = [
        office(street, "station_lead", key, Act.TAKE_UP, at("09:10"), id=shared, reason=reason)
        for reason in ("甲", "乙", "丙")
    ]
    assert refusals_in(at_once(sessions, acts)) == [ActIdReused] * 2


def test_acts_at_once_are_numbered_without_gaps_inside_and_outside(
    street: Street, sessions: Sessions, key: UUID
) -> None:
    acts = [
        office(street, who, key, Act.ASK_HELP, at("09:10"))
        for who in ("station_lead", "township") * 4
    ]
    assert refusals_in(at_once(sessions, acts)) == []
    with sessions() as db:
        numbers = select(IncidentAct.number).order_by(IncidentAct.number)
        told = select(WebhookEvent.data["act_number"].as_integer()).order_by(WebhookEvent.number)
        assert db.scalars(numbers).all() == list(range(1, 10))
        # Commit by commit: nobody is told of act 3 before act 2.
        assert db.scalars(told).all() == list(range(1, 10))


def test_two_events_never_become_each_other_s_duplicate(
    street: Street, sessions: Sessions, key: UUID
) -> None:
    other = street.reported(at("09:05"), severity="major")
    street.db.commit()
    acts = [
        office(street, "station_lead", one, Act.LINK_DUPLICATE, at("09:10"), duplicate_of=str(two))
        for one, two in ((key, other), (other, key))
    ]
    outcomes = at_once(sessions, acts)
    assert refusals_in(outcomes) == [DuplicateUnfit]
    with sessions() as db:
        states = db.scalars(select(IncidentCase.state)).all()
        assert sorted(states) == [State.DUPLICATE, State.HELD]


def test_evt_3_acts_and_sweeps_at_once_lose_no_card_and_double_none(
    street: Street, sessions: Sessions
) -> None:
    keys = [street.reported(at(f"09:{minute:02}"), severity="major") for minute in range(6)]
    street.db.commit()
    now = at("10:30")
    acts: list[Doing] = [office(street, "station_lead", key, Act.CLOSE, now) for key in keys]
    sweeps: list[Doing] = [lambda _: sweep(sessions, now)] * 3
    outcomes = at_once(sessions, [*acts[:3], *sweeps, *acts[3:]])
    assert refusals_in(outcomes) == []
    with sessions() as db:
        rows = db.execute(
            select(IncidentHop.incident_id, IncidentHop.tier, func.count(IncidentCard.id))
            .outerjoin(IncidentCard, IncidentCard.hop_id == IncidentHop.id)
            .group_by(IncidentHop.id)
        ).all()
    # The community's hour had passed at half past ten, the township's two had not.
    assert {(tier, cards) for _, tier, cards in rows} == {(Tier.COMMUNITY, 1), (Tier.TOWNSHIP, 0)}
