"""What a platform says of an event: kept beside our own state, never in its place (INT-1)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import IncidentAct, IncidentCase
from app.incidents.acting import locked_case
from app.incidents.telling import tell_workers
from app.kit.clock import civil_day
from app.kit.ids import uuid7
from app.outbox.emit import emit
from app.rules.incidents import Act
from app.rules.tasks import Platform
from app.rules.tiers import Tier, unit_at


@dataclass(frozen=True)
class PlatformWord:
    """A state or a result of one of our events, as a platform puts it."""

    platform: Platform
    incident_id: UUID
    state: str
    result: str | None
    said_at: datetime
    message_id: str


def record_platform_word(session: Session, word: PlatformWord, now: datetime) -> IncidentAct:
    """One more act, which changes nothing of ours. Raises NotFound.

    It is not told outside: a platform that answered whatever it is told would never end.
    """
    case = locked_case(session, word.incident_id, None, now)
    act = _written(case, word, now)
    session.add(act)
    case.acts = act.number
    session.flush()
    tell_workers(session, case, civil_day(now))
    emit(
        session,
        "incident.platform_word",
        by=None,
        unit_code=case.grid_code,
        subject=("incident", case.incident_id),
        number=act.number,
        platform=word.platform.value,
        message_id=word.message_id,
    )
    return act


def _written(case: IncidentCase, word: PlatformWord, now: datetime) -> IncidentAct:
    said = {"state": word.state, "result": word.result}
    return IncidentAct(
        id=uuid7(now),
        incident_id=case.incident_id,
        number=case.acts + 1,
        act=Act.PLATFORM_WORD,
        tier=Tier.CENTRE,
        unit_code=unit_at(Tier.CENTRE, case.grid_code),
        captured_at=word.said_at,
        corrected_at=word.said_at,
        received_at=now,
        effective_at=now,
        time_proven=False,
        day=civil_day(now),
        was=case.state,
        became=case.state,
        facts={"platform": word.platform.value, "message_id": word.message_id},
        words={name: text for name, text in said.items() if text is not None},
    )
