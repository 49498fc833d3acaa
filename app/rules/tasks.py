"""TSK: four basic tasks of a duty date, and the accounts of the two platforms (三(一)1 “4”)."""

import hashlib
import json
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.duty import ATT_6, ORG_4, WHOLE_DAY, Half
from app.rules.finding import Finding
from app.rules.windows import ATT_5

TSK_1 = Cite("TSK-1", "三(一)1 “4”")
TSK_2 = Cite("TSK-2", "三(一)1 “6”")


class BasicTask(StrEnum):
    """Each is true by evidence, never by a tick box (TSK-1)."""

    SIGNED_ON = "signed_on"
    INFORMATION = "information"
    PATROL = "patrol"
    EVENTS = "events"


class Platform(StrEnum):
    """大联动·微治理 (Chengdu) and 网格化服务管理 (Sichuan)."""

    CHENGDU = "chengdu"
    SICHUAN = "sichuan"


class LoginSource(StrEnum):
    """How it is known that an account logged in."""

    WEBHOOK = "webhook"
    STATION = "station"


class TaskPart(StrEnum):
    """What a basic task consists of; each is shown by itself."""

    HANDSET = "handset"
    TRACK = "track"
    CHENGDU = "chengdu"
    SICHUAN = "sichuan"
    COLLECTED = "collected"
    CHECKED = "checked"
    PATROLLED = "patrolled"
    FILED = "filed"
    VERIFIED = "verified"


class TaskVerdict(StrEnum):
    DONE = "done"
    PARTLY = "partly"
    NONE = "none"
    EXCUSED = "excused"
    NOT_OWED = "not_owed"


PARTS: Mapping[BasicTask, tuple[TaskPart, ...]] = {
    BasicTask.SIGNED_ON: (
        TaskPart.HANDSET,
        TaskPart.TRACK,
        TaskPart.CHENGDU,
        TaskPart.SICHUAN,
    ),
    BasicTask.INFORMATION: (TaskPart.COLLECTED, TaskPart.CHECKED),
    BasicTask.PATROL: (TaskPart.PATROLLED,),
    BasicTask.EVENTS: (TaskPart.FILED, TaskPart.VERIFIED),
}
EVERY_PART_NEEDED = frozenset({BasicTask.SIGNED_ON})
"""Of the others one part is enough: information is collected or checked, events are filed or, where
some were closed, verified."""


@dataclass(frozen=True)
class DayEvidence:
    """What the system holds of a worker's date; `records` are keys of records by what they show."""

    on_duty: bool = True
    bound: bool = True
    leave: frozenset[Half] = frozenset()
    records: Mapping[TaskPart, tuple[str, ...]] = field(default_factory=dict)
    fixes: int = 0
    field_s: float = 0.0
    waiting_for_verification: int = 0
    """Closed events that the worker has yet to verify and score."""


@dataclass(frozen=True)
class PartFound:
    """Whether there is evidence of a part, and which."""

    part: TaskPart
    done: bool
    records: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TaskFinding(Finding[TaskVerdict]):
    task: BasicTask
    parts: tuple[PartFound, ...]


@cites(TSK_1)
def judge_tasks(evidence: DayEvidence) -> tuple[TaskFinding, ...]:
    """The four tasks in turn; what a date does not ask for is shown and owed by nobody."""
    return tuple(_judge(task, evidence) for task in BasicTask)


def _judge(task: BasicTask, evidence: DayEvidence) -> TaskFinding:
    parts = tuple(_found(part, evidence) for part in PARTS[task])
    verdict, cite = _as_owed(_by_evidence(task, parts, evidence), evidence)
    because = _measured(task, evidence)
    return TaskFinding(verdict=verdict, cite=cite, because=because, task=task, parts=parts)


def _found(part: TaskPart, evidence: DayEvidence) -> PartFound:
    """A track is shown by its fixes, of which each came from a handset that was signed on; a patrol
    by counted time; anything else by its records."""
    records = evidence.records.get(part, ())
    tracked = evidence.fixes > 0
    shown = {
        TaskPart.HANDSET: bool(records) or tracked,
        TaskPart.TRACK: tracked,
        TaskPart.PATROLLED: evidence.field_s > 0,
    }
    return PartFound(part, shown.get(part, bool(records)), records)


def _by_evidence(
    task: BasicTask, parts: tuple[PartFound, ...], evidence: DayEvidence
) -> TaskVerdict:
    enough = all if task in EVERY_PART_NEEDED else any
    if not any(part.done for part in parts):
        return TaskVerdict.NONE
    waiting = task is BasicTask.EVENTS and evidence.waiting_for_verification > 0
    if waiting or not enough(part.done for part in parts):
        return TaskVerdict.PARTLY
    return TaskVerdict.DONE


def _as_owed(shown: TaskVerdict, evidence: DayEvidence) -> tuple[TaskVerdict, Cite]:
    """Part-time workers record what they like: what they did shows, nothing is asked (ORG-4)."""
    if not evidence.on_duty:
        return TaskVerdict.NOT_OWED, ATT_6
    if not evidence.bound:
        done = shown is TaskVerdict.DONE
        return (shown, TSK_1) if done else (TaskVerdict.NOT_OWED, ORG_4)
    if evidence.leave >= WHOLE_DAY:
        return TaskVerdict.EXCUSED, ATT_5
    return shown, TSK_1


def _measured(task: BasicTask, evidence: DayEvidence) -> Mapping[str, object]:
    """The figures that decided beside the records."""
    measured: Mapping[BasicTask, Mapping[str, object]] = {
        BasicTask.SIGNED_ON: {"fixes": evidence.fixes},
        BasicTask.PATROL: {"field_minutes": round(evidence.field_s / 60, 2)},
        BasicTask.EVENTS: {"waiting_for_verification": evidence.waiting_for_verification},
    }
    return measured.get(task, {})


CODE_BYTES = 10
"""80 bits as 16 letters and digits: enough that nobody finds another sheet with the same code."""


@cites(TSK_2)
def verification_code(content: Mapping[str, object]) -> str:
    """A sheet's code, by which a printed one is compared with what the system holds."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    code = b32encode(hashlib.sha256(written.encode()).digest()[:CODE_BYTES]).decode()
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
