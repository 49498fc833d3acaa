"""The day's sheet put together from what is on record (TSK-2)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.days.boards import Place, unit_out
from app.days.schemas import UnitOut
from app.days.shown import data_quality_out, field_time_out, windows_out
from app.kit.errors import NotFound
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.divisions import UnitTier, ancestors
from app.rules.duty import ATT_6, Half
from app.rules.field_time import standing
from app.rules.tasks import TaskFinding, judge_tasks, verification_code
from app.rules.windows import ATT_5
from app.tasks.attendance_facts import AttendanceFacts, attendance_facts
from app.tasks.evidence import evidence_of
from app.tasks.lines import (
    appointments,
    equipment,
    errands,
    events,
    information,
    logins,
    meetings,
    notes,
    photos,
)
from app.tasks.roll import ANYWHERE, Member, Roll, roll_of_unit, roll_of_worker
from app.tasks.schemas import (
    DutyOut,
    PartOut,
    SheetFieldTimeOut,
    SheetLeaveOut,
    SheetOut,
    SheetsOut,
    SheetWindowOut,
    TaskOut,
)
from app.tasks.visits_of_day import visits_made, visits_owed
from app.tasks.work_facts import WorkFacts, work_facts
from app.visits.upkeep import bring_up_to_date

RECORDS_SHOWN = 50


def own_sheet(session: Session, worker_id: UUID, day: date, now: datetime) -> SheetOut:
    """One's own sheet; raises NotFound on a date without a post."""
    return _only(drawn_up(session, roll_of_worker(session, worker_id, ANYWHERE, day, now)))


def sheet_of(
    session: Session, asker: Principal, worker_id: UUID, day: date, now: datetime
) -> SheetOut:
    """A worker's sheet for an office; raises NotFound beyond its unit on the date."""
    roll = roll_of_worker(session, worker_id, asker.unit_code, day, now)
    sheet = _only(for_office(drawn_up(session, roll), asker))
    _log_look(session, asker, day, ("worker", worker_id), [sheet])
    return sheet


@dataclass(frozen=True)
class Asked:
    """Whose sheets are asked for: a page of a unit's workers on a date."""

    unit_code: str
    day: date
    place: Place


def sheets_of(session: Session, asker: Principal, asked: Asked, now: datetime) -> SheetsOut:
    """The sheets of a unit's workers; raises NotFound beyond the asker's unit."""
    asker.look(asked.unit_code)
    unit = unit_out(session, asked.unit_code)
    roll = roll_of_unit(session, unit.code, asked.day, now, asked.place)
    sheets = for_office(drawn_up(session, roll), asker)
    _log_look(session, asker, asked.day, ("unit", unit.code), sheets)
    sheets.sort(key=_by_grid)
    return SheetsOut(unit=unit, day=asked.day, items=sheets, next_cursor=roll.next_cursor)


def for_office(sheets: Iterable[SheetOut], asker: Principal) -> list[SheetOut]:
    """Tiers above the station see no names of places."""
    if asker.tier is UnitTier.COMMUNITY:
        return list(sheets)
    return [without_places(sheet) for sheet in sheets]


def without_places(sheet: SheetOut) -> SheetOut:
    """A sheet as the township and the centre see it; its code stays."""
    visits = [
        visit.model_copy(
            update={"place": None, "place_id": None, "withheld": visit.withheld or "tier"}
        )
        for visit in sheet.visits
    ]
    return sheet.model_copy(update={"visits": visits})


def _log_look(
    session: Session,
    asker: Principal,
    day: date,
    subject: tuple[str, object],
    sheets: Sequence[SheetOut],
) -> None:
    """A look at where residents live leaves a trace."""
    named = sum(visit.place is not None for sheet in sheets for visit in sheet.visits)
    if named:
        emit(
            session,
            "daily_sheet.looked_at",
            by=asker.account_id,
            unit_code=asker.unit_code,
            subject=subject,
            day=day.isoformat(),
            workers=len(sheets),
            places_named=named,
        )


def _only(sheets: Sequence[SheetOut]) -> SheetOut:
    if not sheets:
        raise NotFound
    return sheets[0]


def _by_grid(sheet: SheetOut) -> tuple[str, list[str], str]:
    return sheet.units[-1].code, [grid.code for grid in sheet.grids], sheet.worker_name


def drawn_up(session: Session, roll: Roll) -> list[SheetOut]:
    """One query a table for all of them, however many they are."""
    if not roll.members:
        return []
    for community in roll.communities:
        bring_up_to_date(session, community, roll.now)
    present = attendance_facts(session, roll)
    work = work_facts(session, roll, (present.notes, present.equipment))
    return [_sealed(_sheet(member, roll, present, work)) for member in roll.members]


def _sheet(member: Member, roll: Roll, present: AttendanceFacts, work: WorkFacts) -> SheetOut:
    who, row, day = member.worker_id, member.day, roll.day
    findings = judge_tasks(evidence_of(member, day, present, work))
    return SheetOut(
        worker_id=who,
        worker_name=member.name,
        employment=member.employment,
        bound=row.bound,
        day=day,
        units=_named(roll, reversed(ancestors(member.community_code))),
        grids=_named(roll, member.grid_codes),
        duty=_duty(member, roll, present),
        leaves=_leaves(member, present),
        windows=_windows(member, roll, present),
        tasks=[_task(finding) for finding in findings],
        logins=logins(who, present),
        visits_owed=visits_owed(who, day, work),
        visits=visits_made(who, work),
        field_time=SheetFieldTimeOut(
            **field_time_out(row).model_dump(), appointments=appointments(who, present)
        ),
        standing=standing(day, roll.now, roll.standards.values(day)),
        information=information(who, work),
        errands=errands(who, work),
        events=events(member, work),
        meetings=meetings(who, present),
        equipment=equipment(who, present),
        notes=notes(who, present),
        photos=photos(who, present, work),
        data_quality=data_quality_out(row),
        rules_version=row.rules_version,
        computed_at=roll.now,
        code="",
    )


def _named(roll: Roll, codes: Iterable[str]) -> list[UnitOut]:
    return [roll.units[code] for code in codes if code in roll.units]


def _duty(member: Member, roll: Roll, present: AttendanceFacts) -> DutyOut:
    made_so = roll.standards.why(member.community_code, roll.day)
    reasons = [
        decision.reason
        for decision in present.decisions
        if member.community_code.startswith(decision.unit_code)
    ]
    return DutyOut(
        on_duty=member.day.on_duty,
        by=made_so["by"],
        reason=reasons[-1] if reasons else None,
        rule=ATT_6.rule,
        clause=ATT_6.clause,
    )


def _leaves(member: Member, present: AttendanceFacts) -> list[SheetLeaveOut]:
    """What the verdict of the date counts as leave, by leave."""
    halves: dict[UUID, list[Half]] = defaultdict(list)
    for half, key in sorted(member.day.because["leave"].items(), reverse=True):
        halves[UUID(key)].append(Half(half))
    return [
        SheetLeaveOut(
            id=key,
            kind=present.leaves[key],
            halves=covered,
            rule=ATT_5.rule,
            clause=ATT_5.clause,
        )
        for key, covered in halves.items()
    ]


def _windows(member: Member, roll: Roll, present: AttendanceFacts) -> list[SheetWindowOut]:
    return [
        SheetWindowOut(
            **window.model_dump(),
            at=present.times.get(window.record_id) if window.record_id else None,
        )
        for window in windows_out(member.day, roll.now)
    ]


def _task(finding: TaskFinding) -> TaskOut:
    return TaskOut(
        task=finding.task,
        verdict=finding.verdict,
        parts=[
            PartOut(
                part=part.part,
                done=part.done,
                count=len(part.records),
                records=list(part.records[:RECORDS_SHOWN]),
            )
            for part in finding.parts
        ],
        rule=finding.rule,
        clause=finding.clause,
    )


CATEGORY_NAMES = {"category_zh", "category_en"}
MOVES_ON: dict[str, Any] = {
    "code": True,
    "computed_at": True,
    "rules_version": True,
    "standing": True,
    "photos": True,
    "tasks": {"__all__": {"parts": {"__all__": {"count", "records"}}}},
    "visits": {"__all__": {"place"}},
    "events": {
        "filed": {"__all__": CATEGORY_NAMES},
        "handled": {"__all__": CATEGORY_NAMES},
        "scored": {"__all__": CATEGORY_NAMES},
    },
    "information": {"kinds": {"__all__": {"submitted", "returned"}}},
}
"""What a sheet's code does not stand for: it changes, or is erased, without the date changing."""


def _sealed(sheet: SheetOut) -> SheetOut:
    content = sheet.model_dump(mode="json", exclude=MOVES_ON)
    return sheet.model_copy(update={"code": verification_code(content)})
