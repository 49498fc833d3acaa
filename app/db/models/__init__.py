"""Every table, one file a capability."""

from app.db.models.accounts import Account, Device, Login
from app.db.models.attendance import CheckIn, CheckInReview, Correction, Leave
from app.db.models.base import Base
from app.db.models.calendar import CalendarDay, DutyDecision, ParameterValue
from app.db.models.days import BoardVersion, StaleDay, WorkerDay
from app.db.models.equipment import (
    EquipmentAnswer,
    EquipmentCheck,
    EquipmentExemption,
    EquipmentWithdrawal,
)
from app.db.models.errands import Errand, ErrandAct
from app.db.models.groups import AidGroup, AidMember, GridChat
from app.db.models.incidents import Incident
from app.db.models.intake import Held, Quarantine, Submission
from app.db.models.key_periods import Acknowledgement, KeyPeriod, KeyPeriodReport, KeyPeriodUnit
from app.db.models.media import Media, PhotoLink
from app.db.models.meetings import Meeting, MeetingAttendance, TrainingRecord
from app.db.models.outbox import Change, OutboxEvent
from app.db.models.patrol import Appointment, TrackBatch
from app.db.models.people import (
    Assignment,
    Boundary,
    Posting,
    ServerEpoch,
    Station,
    Unit,
    Worker,
)
from app.db.models.registry import (
    FocusListing,
    KnownChange,
    NotDuplicate,
    Record,
    RecordConflict,
    RecordFocus,
    RecordKey,
    RecordMerge,
    RecordPoint,
    RecordVersion,
    Sample,
    SampleItem,
)
from app.db.models.tasks import DailyNote, PlatformLogin
from app.db.models.visits import (
    NOBODY,
    StaleVisits,
    Visit,
    VisitPlace,
    VisitPlaceLocation,
    VisitStanding,
    VisitTally,
    VisitTarget,
)

__all__ = [
    "NOBODY",
    "Account",
    "Acknowledgement",
    "AidGroup",
    "AidMember",
    "Appointment",
    "Assignment",
    "Base",
    "BoardVersion",
    "Boundary",
    "CalendarDay",
    "Change",
    "CheckIn",
    "CheckInReview",
    "Correction",
    "DailyNote",
    "Device",
    "DutyDecision",
    "EquipmentAnswer",
    "EquipmentCheck",
    "EquipmentExemption",
    "EquipmentWithdrawal",
    "Errand",
    "ErrandAct",
    "FocusListing",
    "GridChat",
    "Held",
    "Incident",
    "KeyPeriod",
    "KeyPeriodReport",
    "KeyPeriodUnit",
    "KnownChange",
    "Leave",
    "Login",
    "Media",
    "Meeting",
    "MeetingAttendance",
    "NotDuplicate",
    "OutboxEvent",
    "ParameterValue",
    "PhotoLink",
    "PlatformLogin",
    "Posting",
    "Quarantine",
    "Record",
    "RecordConflict",
    "RecordFocus",
    "RecordKey",
    "RecordMerge",
    "RecordPoint",
    "RecordVersion",
    "Sample",
    "SampleItem",
    "ServerEpoch",
    "StaleDay",
    "StaleVisits",
    "Station",
    "Submission",
    "TrackBatch",
    "TrainingRecord",
    "Unit",
    "Visit",
    "VisitPlace",
    "VisitPlaceLocation",
    "VisitStanding",
    "VisitTally",
    "VisitTarget",
    "Worker",
    "WorkerDay",
]
