"""Acts on events: load, judge, write, emit; what each does stands in `EFFECTS` (EVT-1, EVT-4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Incident, IncidentAct, IncidentCase, IncidentHop
from app.db.sealed import key_from_content
from app.incidents import (
    afterwards,
    ending,
    extensions,
    grading,
    handing,
    withdrawals,
)
from app.incidents.act_schemas import ActIn
from app.incidents.commands import open_case
from app.incidents.doing import Doer, Doing
from app.incidents.judging import Asked, Judged, judge
from app.incidents.needs import check_fields
from app.incidents.refusals import ActIdReused
from app.incidents.situations import situation_on
from app.incidents.telling import tell
from app.kit.clock import civil_day
from app.kit.errors import NotFound
from app.people.capture import Capture
from app.people.photos import Subject, link_photos
from app.people.values import values_on
from app.rules.effective import effective_at
from app.rules.incidents import Act

EFFECTS: Mapping[Act, Callable[[Session, Doing], None]] = {
    Act.TAKE_UP: handing.take_up,
    Act.ESCALATE: handing.escalate,
    Act.HAND_DOWN: handing.hand_down,
    Act.RETURN: handing.give_back,
    Act.ASK_HELP: handing.say,
    Act.GIVE_HELP: handing.say,
    Act.ASK_EXTENSION: extensions.ask,
    Act.DECIDE_EXTENSION: extensions.decide,
    Act.REGRADE: grading.regrade,
    Act.CLOSE: ending.close,
    Act.FOLLOW_UP: afterwards.follow_up,
    Act.VERIFY: afterwards.verify,
    Act.WITHDRAW: ending.withdraw,
    Act.FIND_FALSE: ending.find_false,
    Act.LINK_DUPLICATE: ending.link_duplicate,
    Act.UNLINK: ending.unlink,
    Act.WITHDRAW_CARD: withdrawals.withdraw,
}


@dataclass(frozen=True)
class Moment:
    """When an act was done: by the device's clock, corrected, and when it was received."""

    captured_at: datetime
    corrected_at: datetime
    received_at: datetime
    proven: bool
    device_id: UUID | None = None

    @staticmethod
    def of(capture: Capture) -> "Moment":
        """Of a worker's act."""
        return Moment(
            capture.device_time, capture.at, capture.received_at, capture.proven, capture.device_id
        )

    @staticmethod
    def at(now: datetime) -> "Moment":
        """Of an office's act: it is done when it is received."""
        return Moment(now, now, now, True)

    @property
    def day(self) -> date:
        """The civil day on which it was done."""
        return civil_day(self.corrected_at)


def perform(session: Session, doer: Doer, body: ActIn, moment: Moment, act_id: UUID) -> IncidentAct:
    """One act, once: the same again is the first. Raises what `judge` raises, and ActIdReused."""
    case = locked_case(session, body.incident_id, body.duplicate_of, moment.received_at)
    content = key_from_content(
        session, "incident act", [str(doer.account_id), body.model_dump(mode="json")]
    )
    known = session.get(IncidentAct, act_id)
    if known is not None:
        return _same(known, content)
    check_fields(body)
    hops = _locked_hops(session, case)
    situation = situation_on(session, case, civil_day(moment.received_at))
    judged = judge(session, Asked(case, situation, doer.actor, body, moment.received_at))
    act = _written(case, doer, body, judged)
    act.id, act.content = act_id, content
    _timed(session, act, moment, _not_before(case, hops, doer))
    doing = _begun(session, case, hops, act, doer, body)
    EFFECTS[body.act](session, doing)
    session.flush()
    tell(session, case, act)
    return act


def locked_case(
    session: Session, incident_id: UUID, other_id: UUID | None, now: datetime
) -> IncidentCase:
    """The case of an event, locked, and before it that of the other one by key. Raises NotFound."""
    keys = sorted({key for key in (incident_id, other_id) if key is not None})
    cases = session.scalars(
        select(IncidentCase)
        .where(IncidentCase.incident_id.in_(keys))
        .order_by(IncidentCase.incident_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    found = next((case for case in cases if case.incident_id == incident_id), None)
    return found if found is not None else _of_an_earlier_release(session, incident_id, now)


def _of_an_earlier_release(session: Session, incident_id: UUID, now: datetime) -> IncidentCase:
    incident = session.get(Incident, incident_id, with_for_update=True)
    if incident is None:
        raise NotFound
    opened = session.get(IncidentCase, incident_id, with_for_update=True, populate_existing=True)
    return opened if opened is not None else open_case(session, incident, now)


def _locked_hops(session: Session, case: IncidentCase) -> Sequence[IncidentHop]:
    return session.scalars(
        select(IncidentHop)
        .where(IncidentHop.incident_id == case.incident_id, IncidentHop.ended_at.is_(None))
        .order_by(IncidentHop.arrived_at, IncidentHop.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _same(known: IncidentAct, content: UUID) -> IncidentAct:
    if known.content != content:
        raise ActIdReused(id=known.id)
    return known


def _written(case: IncidentCase, doer: Doer, body: ActIn, judged: Judged) -> IncidentAct:
    """The act's row, all but when."""
    words = body.model_dump(include={"reason", "result"}, exclude_none=True)
    return IncidentAct(
        incident_id=case.incident_id,
        number=case.acts + 1,
        act=body.act,
        tier=doer.actor.tier,
        unit_code=doer.unit_code,
        account_id=doer.account_id,
        worker_id=doer.worker_id,
        was=case.state,
        became=judged.became,
        to_tier=judged.to_tier,
        lon=body.lon,
        lat=body.lat,
        facts=facts_of(case, body),
        words=words or None,
        photos=body.photos,
    )


def facts_of(case: IncidentCase, body: ActIn) -> dict[str, Any]:
    """What is plain of an act; of a new category or severity also the former one."""
    said = body.model_dump(
        mode="json",
        include={"granted", "score", "duplicate_of", "card_id", "accuracy_m"},
        exclude_none=True,
    )
    if body.hours is not None:
        said["hours"] = float(body.hours)
    if body.category is not None:
        said["category"] = {"was": case.category, "became": body.category}
    if body.severity is not None:
        said["severity"] = {"was": case.severity.value, "became": body.severity.value}
    return said


def _not_before(case: IncidentCase, hops: Sequence[IncidentHop], doer: Doer) -> datetime:
    """The arrival of one's own hold; of others' acts the closing, or the report."""
    own = next((hop for hop in hops if hop.tier is doer.actor.tier), None)
    return own.arrived_at if own is not None else case.closed_at or case.reported_at


def _timed(session: Session, act: IncidentAct, moment: Moment, not_before: datetime) -> None:
    act.captured_at = moment.captured_at
    act.corrected_at = moment.corrected_at
    act.received_at = moment.received_at
    act.time_proven = moment.proven
    act.device_id = moment.device_id
    act.day = moment.day
    act.effective_at = effective_at(
        moment.corrected_at,
        moment.received_at,
        values_on(session, moment.day),
        proven=moment.proven,
        not_before=not_before,
    )


def _begun(
    session: Session,
    case: IncidentCase,
    hops: Sequence[IncidentHop],
    act: IncidentAct,
    doer: Doer,
    body: ActIn,
) -> Doing:
    """The act is written and the case moved on; its effect comes next."""
    session.add(act)
    case.acts = act.number
    case.state = act.became
    case.changed_at = act.received_at
    session.flush()
    incident = session.get_one(Incident, case.incident_id)
    subject = Subject("incident_act", act.id, incident.community_code, act.worker_id)
    link_photos(session, subject, body.photos, act.received_at)
    return Doing(incident, case, hops, act, doer, body, act.received_at)
