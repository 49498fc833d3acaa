"""A full day of work on record: what the commands of every capability would have written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.db.models import (
    Account,
    DailyNote,
    Device,
    EquipmentCheck,
    Errand,
    ErrandAct,
    Incident,
    Login,
    Meeting,
    MeetingAttendance,
    PlatformLogin,
    Record,
    RecordVersion,
    Visit,
    VisitPlace,
    VisitPlaceLocation,
    VisitTally,
    VisitTarget,
)
from app.kit.ids import uuid7
from app.rules.equipment import EquipmentItem
from app.rules.errands import ErrandStep
from app.rules.field_records import Severity
from app.rules.information import RecordKind, RecordSource, RecordState
from app.rules.meetings import MeetingKind, Presence
from app.rules.tasks import LoginSource, Platform
from app.rules.visits import (
    VisitKind,
    VisitManner,
    VisitOutcome,
    VisitVerdict,
    period_of,
)
from tests.city import SINCE, City
from tests.days.facts import DAY, GRID, at, store_appointment, store_check_in, store_walk

NAMES = {
    VisitKind.PROPERTY_GUARD: "东城印象小区物业",
    VisitKind.RENTAL: "建设路12号出租房",
    VisitKind.SPECIAL_GROUP: "滨江苑7栋2单元301",
    VisitKind.CARE: "新民巷5号独居老人",
    VisitKind.RESIDENT: "凤凰花园3栋1单元602",
}


@dataclass
class DayOfWork:
    """Facts of one worker's date; each call adds some."""

    db: Session
    city: City
    grid: str = GRID
    day: date = DAY
    places: dict[str, UUID] = field(default_factory=dict)

    @property
    def worker_id(self) -> UUID:
        """Whose date."""
        return self.city.workers[self.grid]

    @property
    def account_id(self) -> UUID:
        """The worker's account."""
        return self.db.scalars(select(Account.id).where(Account.worker_id == self.worker_id)).one()

    def captured(self, clock: str, **more: Any) -> dict[str, Any]:
        """The columns that every record from the field has."""
        moment = at(clock, self.day)
        return {
            "id": uuid7(moment),
            "worker_id": self.worker_id,
            "community_code": self.grid[:12],
            "device_id": None,
            "captured_at": moment,
            "corrected_at": moment,
            "received_at": moment + timedelta(seconds=2),
            "time_proven": True,
            "day": self.day,
        } | more

    def kept(self, row: Any) -> None:
        """A row, written."""
        self.db.add(row)
        self.db.flush()

    def place(self, label: str, *kinds: VisitKind) -> UUID:
        """A place that visits are owed to."""
        if label in self.places:
            return self.places[label]
        place = VisitPlace(id=uuid7(at("07:00")))
        self.kept(place)
        whereabouts = {"label": label, "lon": 104.5491, "lat": 30.4128}
        valid = Range(SINCE, None)
        self.kept(
            VisitPlaceLocation(
                id=uuid4(),
                place_id=place.id,
                grid_code=self.grid,
                whereabouts=whereabouts,
                valid=valid,
            )
        )
        for kind in kinds:
            self.kept(
                VisitTarget(
                    id=uuid4(),
                    place_id=place.id,
                    kind=kind,
                    valid=valid,
                    created_at=at("07:00", SINCE),
                )
            )
        self.places[label] = place.id
        return place.id

    def visit(
        self, clock: str, label: str, *kinds: VisitKind, verdict: VisitVerdict = VisitVerdict.COUNTS
    ) -> Visit:
        """A visit to a place, met at the door."""
        made = Visit(
            **self.captured(clock),
            grid_code=self.grid,
            place_id=self.place(label, *kinds),
            kind=None,
            manner=VisitManner.ON_SITE,
            outcome=VisitOutcome.MET,
            verdict=verdict,
            words={"place": None, "reason": None, "note": ""},
        )
        self.kept(made)
        return made

    def tally(self, kind: VisitKind, owed: int, paid: Sequence[UUID]) -> VisitTally:
        """What is owed of a kind in the period of the date, and the visits that pay."""
        period = period_of(kind, self.day)
        row = VisitTally(
            grid_code=self.grid,
            kind=kind,
            first_day=period.first,
            last_day=period.last,
            worker_id=self.worker_id,
            owed=owed,
            paid=len(paid),
            targets=[uuid4() for _ in range(owed)],
            visits=[*paid, *[None] * (owed - len(paid))],
            shared={},
            closed=False,
            rules_version="test",
            computed_at=at("18:00"),
        )
        self.kept(row)
        return row

    def login(self, platform: Platform, clock: str = "08:52") -> None:
        """An account that logged in, as the station read it on the platform's list."""
        self.kept(
            PlatformLogin(
                worker_id=self.worker_id,
                platform=platform,
                day=self.day,
                community_code=self.grid[:12],
                at=at(clock, self.day),
                source=LoginSource.STATION,
                evidence="平台登录名单第 12 行",
                recorded_by=None,
                recorded_at=at("17:30", self.day),
            )
        )

    def signed_on(self, clock: str = "08:20", *, handset: bool = False) -> None:
        """The account signed in, with a handset or without."""
        moment = at(clock, self.day)
        device = None
        if handset:
            device = Device(
                id=uuid4(),
                account_id=self.account_id,
                model="nova 12",
                app_version="1.0.0",
                registered_at=moment,
                revoked_at=moment,
            )
            self.kept(device)
        self.kept(
            Login(
                id=uuid7(moment),
                account_id=self.account_id,
                device_id=device.id if device else None,
                signed_in_at=moment,
                expires_at=moment + timedelta(days=1),
                refresh_hash=b"-" * 32,
                previous_hash=None,
                attempt=None,
                refreshed_at=moment,
                revoked_at=None,
                revoked_because=None,
            )
        )

    def record(self, clock: str, kind: RecordKind, state: RecordState, versions: int = 1) -> Record:
        """A record with so many versions, the last of the date."""
        moment = at(clock, self.day)
        record = Record(
            id=uuid7(moment),
            kind=kind,
            community_code=self.grid[:12],
            grid_code=self.grid,
            worker_id=self.worker_id,
            state=state,
            return_reason=None,
            version=versions,
            entered_version=None,
            collected_at=moment,
            submitted_at=None,
            entered_at=None,
            ended_on=None,
            end_reason=None,
            merged_into=None,
            erased_at=None,
        )
        self.kept(record)
        self.kept(
            RecordVersion(
                record_id=record.id,
                number=versions,
                item_id=uuid4(),
                base=None,
                form_version=1,
                content={},
                sealed=None,
                source=RecordSource.HANDSET,
                reason="采集",
                photos=[],
                account_id=self.account_id,
                worker_id=self.worker_id,
                device_id=None,
                captured_at=moment,
                received_at=moment,
                day=self.day,
            )
        )
        return record

    def errand(self, clock: str, step: ErrandStep, matter: str = "社保认证") -> ErrandAct:
        """A step of an errand."""
        moment = at(clock, self.day)
        errand = Errand(
            id=uuid7(moment),
            worker_id=self.worker_id,
            community_code=self.grid[:12],
            grid_code=self.grid,
            matter=matter,
            resident={"name": "李奶奶", "phone": "13900000000", "address": "某处"},
            step=step,
            rating=None,
            accepted_at=moment,
            changed_at=moment,
            closed_day=None,
        )
        self.kept(errand)
        act = ErrandAct(
            **self.captured(clock),
            errand_id=errand.id,
            step=step,
            office=None,
            papers=[],
            rating=None,
            note=None,
        )
        self.kept(act)
        return act

    def incident(self, clock: str, severity: Severity = Severity.GENERAL) -> Incident:
        """An event that was filed."""
        filed = Incident(
            **self.captured(clock),
            grid_code=self.grid,
            category="public_safety",
            severity=severity,
            lon=104.5491,
            lat=30.4128,
            accuracy_m=8,
            description="井盖破损，电话 13900000000",
        )
        self.kept(filed)
        return filed

    def meeting(self, kind: MeetingKind, presence: Presence, unit: str | None = None) -> None:
        """A meeting on whose list the worker is."""
        held = select(Meeting).where(
            Meeting.unit_code == (unit or self.grid[:12]),
            Meeting.kind == kind,
            Meeting.held_on == self.day,
        )
        meeting = self.db.scalar(held) or Meeting(
            id=uuid7(at("08:50", self.day)),
            unit_code=unit or self.grid[:12],
            kind=kind,
            held_on=self.day,
            starts_at=at("08:50", self.day),
            ends_at=at("09:00", self.day),
            subject="安排当天工作",
            minutes="",
            photos=[],
            host_id=self.account_id,
            recorded_at=at("09:00", self.day),
            withdrawn_at=None,
            withdraw_reason=None,
        )
        self.kept(meeting)
        self.kept(
            MeetingAttendance(
                meeting_id=meeting.id,
                worker_id=self.worker_id,
                presence=presence,
                reason=None,
                recorded_by=self.account_id,
                recorded_at=at("09:00", self.day),
            )
        )

    def equipment(self, lacking: Sequence[EquipmentItem] = ()) -> None:
        """A check by the station."""
        self.kept(
            EquipmentCheck(
                id=uuid7(at("08:48", self.day)),
                worker_id=self.worker_id,
                community_code=self.grid[:12],
                day=self.day,
                at=at("08:48", self.day),
                received_at=at("08:48", self.day),
                by_station=True,
                checked_by=self.account_id,
                work_clothes=True,
                items={item.value: item not in lacking for item in EquipmentItem},
                note="",
                photos=[],
                because={},
            )
        )

    def note(self, said: str, photos: Sequence[str] = ()) -> DailyNote:
        """What the worker wants to have said."""
        note = DailyNote(**self.captured("17:20"), said=said, photos=list(photos))
        self.kept(note)
        return note


def typical(work: DayOfWork, without: Sequence[Platform] = ()) -> None:
    """A duty date on which nearly everything was done."""
    worker = work.worker_id
    for window in (1, 2, 3):
        store_check_in(work.db, worker, window, day=work.day)
    store_walk(work.db, worker, [("09:05", "11:40"), ("14:50", "17:20"), ("18:30", "20:10")])
    store_appointment(work.db, worker, "18:30", "19:30")
    work.signed_on(handset=True)
    for platform in Platform:
        if platform not in without:
            work.login(platform)
    paid: dict[VisitKind, list[UUID]] = {kind: [] for kind in VisitKind}
    for clock, kind in VISITED:
        label = NAMES[kind] if not paid[kind] else f"{NAMES[kind]}之{len(paid[kind]) + 1}"
        paid[kind].append(work.visit(clock, label, kind).id)
    work.visit("15:40", "新民巷9号", VisitKind.RENTAL, verdict=VisitVerdict.TOO_FAR)
    for kind, owed in OWED.items():
        work.tally(kind, owed, paid[kind])
    work.record("09:30", RecordKind.PERSON, RecordState.SUBMITTED)
    work.record("10:10", RecordKind.PERSON, RecordState.RETURNED, versions=2)
    work.record("10:40", RecordKind.PLACE, RecordState.DRAFT)
    work.errand("10:50", ErrandStep.ACCEPTED)
    work.errand("15:10", ErrandStep.DELIVERED, "居住证办理")
    work.incident("11:05")
    work.meeting(MeetingKind.MORNING, Presence.PRESENT)
    work.equipment(lacking=[EquipmentItem.WHISTLE])
    work.note("3栋电梯停运，已联系物业；建设路12号新来租客两人，明日上门登记。", ["a" * 64])


VISITED = [
    ("09:12", VisitKind.PROPERTY_GUARD),
    ("09:40", VisitKind.RENTAL),
    ("10:05", VisitKind.SPECIAL_GROUP),
    ("10:30", VisitKind.CARE),
    ("15:00", VisitKind.RESIDENT),
    ("15:20", VisitKind.RESIDENT),
    ("16:10", VisitKind.RESIDENT),
    ("19:00", VisitKind.RENTAL),
]
OWED = {
    VisitKind.PROPERTY_GUARD: 1,
    VisitKind.RENTAL: 6,
    VisitKind.SPECIAL_GROUP: 2,
    VisitKind.CARE: 3,
    VisitKind.RESIDENT: 48,
}


def evening(day: date = DAY) -> datetime:
    """After work, before the verdict is final."""
    return at("21:00", day)
