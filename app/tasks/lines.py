"""The lines of the sheet under “6”: everything else that was done on the date (TSK-2)."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from app.incidents.labels import named
from app.rules.catalogue import index
from app.rules.equipment import EquipmentItem
from app.rules.incidents import Act
from app.rules.information import RecordKind, RecordState
from app.rules.meetings import MeetingKind
from app.tasks.attendance_facts import AttendanceFacts
from app.tasks.evidence import waiting
from app.tasks.roll import Member
from app.tasks.schemas import (
    ErrandActOut,
    ErrandsOut,
    EventsOfDayOut,
    InformationOut,
    LoginOut,
    PhotosOut,
    RecordCountOut,
    SheetAppointmentOut,
    SheetEquipmentOut,
    SheetEventOut,
    SheetHandledOut,
    SheetMeetingOut,
    SheetNoteOut,
    SheetScoredOut,
)
from app.tasks.work_facts import WorkFacts, photos_of

HELD_BY_THE_STATION = {MeetingKind.MORNING, MeetingKind.WEEKLY}


@cache
def cited(rule: str) -> dict[str, str]:
    """A rule and its clauses as the regulation's index has them."""
    return {"rule": rule, "clause": ", ".join(index()["rules"][rule]["clauses"])}


def logins(who: UUID, present: AttendanceFacts) -> list[LoginOut]:
    """Logins to the platforms."""
    return [LoginOut.model_validate(login) for login in present.accounts.get(who, ())]


def appointments(who: UUID, present: AttendanceFacts) -> list[SheetAppointmentOut]:
    """Appointments in order of time."""
    return [SheetAppointmentOut.model_validate(made) for made in present.appointments.get(who, ())]


def information(who: UUID, work: WorkFacts) -> InformationOut:
    """Records by kind; a record that was new and then changed on one date is new."""
    by_kind: dict[RecordKind, dict[UUID, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for version in work.versions.get(who, ()):
        by_kind[version.kind][version.record_id].append(version)
    return InformationOut(
        kinds=[
            _counted(kind, list(by_kind[kind].values())) for kind in RecordKind if kind in by_kind
        ],
        checks=len(work.checks.get(who, ())),
        **cited("INF-1"),
    )


def _counted(kind: RecordKind, records: Sequence[Sequence[Any]]) -> RecordCountOut:
    states = [versions[0].state for versions in records]
    new = sum(any(version.number == 1 for version in versions) for versions in records)
    return RecordCountOut(
        kind=kind,
        collected=new,
        updated=len(records) - new,
        submitted=sum(state in {RecordState.SUBMITTED, RecordState.ENTERED} for state in states),
        returned=sum(state is RecordState.RETURNED for state in states),
    )


def errands(who: UUID, work: WorkFacts) -> ErrandsOut:
    """Steps of errands in order of time."""
    acts = [
        ErrandActOut(
            id=act.id,
            errand_id=act.errand_id,
            at=act.corrected_at,
            step=act.step,
            matter=act.matter,
        )
        for act in work.errand_acts.get(who, ())
    ]
    return ErrandsOut(acts=acts, **cited("SVC-1"))


def events(member: Member, work: WorkFacts) -> EventsOfDayOut:
    """Events filed, acted on and verified, each in order of time."""
    acts = work.events.acts.get(member.worker_id, ())
    verified = [_scored(act, work) for act in acts if act.act is Act.VERIFY]
    return EventsOfDayOut(
        filed=_filed(member.worker_id, work),
        handled=[_handled(act, work) for act in acts if act.act is not Act.VERIFY],
        scored=verified,
        verified=len(verified),
        waiting_for_verification=waiting(member, work),
        **cited("TSK-1"),
    )


def _filed(who: UUID, work: WorkFacts) -> list[SheetEventOut]:
    return [
        SheetEventOut(
            id=event.id,
            at=event.corrected_at,
            severity=event.severity,
            grid_code=event.grid_code,
            **named(event.category, work.events.words),
        )
        for event in work.events.filed.get(who, ())
    ]


def _of_event(act: Any, work: WorkFacts) -> dict[str, Any]:
    return {
        "id": act.incident_id,
        "at": act.corrected_at,
        "severity": act.severity,
        "grid_code": act.grid_code,
        **named(act.category, work.events.words),
    }


def _handled(act: Any, work: WorkFacts) -> SheetHandledOut:
    return SheetHandledOut(act=act.act, act_id=act.id, **_of_event(act, work))


def _scored(act: Any, work: WorkFacts) -> SheetScoredOut:
    return SheetScoredOut(score=act.facts.get("score"), act_id=act.id, **_of_event(act, work))


def meetings(who: UUID, present: AttendanceFacts) -> list[SheetMeetingOut]:
    """Meetings and training on whose lists the worker is."""
    return [
        SheetMeetingOut(
            id=held.id,
            kind=held.kind,
            starts_at=held.starts_at,
            subject=held.subject,
            presence=held.presence,
            **cited("MTG-1" if held.kind in HELD_BY_THE_STATION else "TRN-1"),
        )
        for held in present.meetings.get(who, ())
    ]


def equipment(who: UUID, present: AttendanceFacts) -> list[SheetEquipmentOut]:
    """Checks of clothes and equipment."""
    return [
        SheetEquipmentOut(
            id=check.id,
            at=check.at,
            by_station=check.by_station,
            work_clothes=check.work_clothes,
            exempted=bool(check.because.get("exempted")),
            lacking=[item for item in EquipmentItem if not check.items.get(item.value)],
            note=check.note,
            **cited("EQP-1"),
        )
        for check in present.equipment.get(who, ())
    ]


def notes(who: UUID, present: AttendanceFacts) -> list[SheetNoteOut]:
    """Daily notes in order of time."""
    return [
        SheetNoteOut(id=note.id, at=note.corrected_at, said=note.said, **cited("TSK-2"))
        for note in present.notes.get(who, ())
    ]


def photos(who: UUID, present: AttendanceFacts, work: WorkFacts) -> PhotosOut:
    """Photos that records of the date name, and how many of them have not arrived."""
    naming = (
        work.visits,
        work.events.filed,
        work.events.acts,
        work.versions,
        work.errand_acts,
        present.notes,
        present.equipment,
    )
    named = {photo for rows in naming for photo in photos_of(rows.get(who, ()))}
    return PhotosOut(named=len(named), missing=len(named - set(work.arrived)))
