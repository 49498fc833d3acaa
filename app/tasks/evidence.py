"""The evidence of a worker's date for the four basic tasks (TSK-1)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from app.rules.duty import Half
from app.rules.incidents import Act
from app.rules.tasks import DayEvidence, Platform, TaskPart
from app.tasks.attendance_facts import AttendanceFacts
from app.tasks.roll import Member
from app.tasks.work_facts import WorkFacts

PART_OF_PLATFORM = {Platform.CHENGDU: TaskPart.CHENGDU, Platform.SICHUAN: TaskPart.SICHUAN}


def evidence_of(
    member: Member, day: date, present: AttendanceFacts, work: WorkFacts
) -> DayEvidence:
    """What is on record; closed events wait for the score of every worker of their grid."""
    who, row = member.worker_id, member.day
    versions = work.versions.get(who, ())
    return DayEvidence(
        on_duty=row.on_duty,
        bound=row.bound,
        leave=frozenset(Half(half) for half in row.because["leave"]),
        records={
            TaskPart.HANDSET: tuple(handset_records(who, present, work)),
            TaskPart.TRACK: _keys(batch.batch_id for batch in present.batches.get(who, ())),
            **_accounts(who, day, present),
            TaskPart.COLLECTED: _keys(f"{each.record_id}/{each.number}" for each in versions),
            TaskPart.CHECKED: _keys(
                f"{each.sample_id}/{each.place}" for each in work.checks.get(who, ())
            ),
            TaskPart.PATROLLED: _keys(batch.batch_id for batch in present.batches.get(who, ())),
            TaskPart.FILED: _keys(each.id for each in work.events.filed.get(who, ())),
            TaskPart.VERIFIED: _keys(
                each.id for each in work.events.acts.get(who, ()) if each.act is Act.VERIFY
            ),
        },
        fixes=row.fixes,
        field_s=row.because["counted_s"]["total"],
        waiting_for_verification=waiting(member, work),
    )


def waiting(member: Member, work: WorkFacts) -> int:
    """Closed events of the worker's grids that nobody had scored when the date ended."""
    return sum(work.events.waiting.get(code, 0) for code in member.grid_codes)


def handset_records(who: UUID, present: AttendanceFacts, work: WorkFacts) -> Iterable[str]:
    """Sign-ins of the handset, and records that came from one."""
    yield from (str(login.id) for login in present.logins.get(who, ()))
    kept = (
        present.check_ins,
        present.appointments,
        present.notes,
        work.visits,
        work.events.filed,
        work.events.acts,
        work.errand_acts,
    )
    for rows in kept:
        yield from (str(row.id) for row in rows.get(who, ()) if row.device_id is not None)
    for version in work.versions.get(who, ()):
        if version.device_id is not None:
            yield f"{version.record_id}/{version.number}"


def _accounts(who: UUID, day: date, present: AttendanceFacts) -> dict[TaskPart, tuple[str, ...]]:
    """A login to a platform has no key of its own: there is one a platform and date."""
    return {
        PART_OF_PLATFORM[login.platform]: (f"{login.platform.value}/{day.isoformat()}",)
        for login in present.accounts.get(who, ())
    }


def _keys(keys: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(key) for key in keys)
