"""Every table, one file a capability."""

from app.db.models.accounts import Account, Device, Login
from app.db.models.attendance import CheckIn, CheckInReview, Correction, Leave
from app.db.models.base import Base
from app.db.models.calendar import CalendarDay, DutyDecision, ParameterValue
from app.db.models.days import BoardVersion, StaleDay, WorkerDay
from app.db.models.incidents import Incident
from app.db.models.intake import Quarantine, Submission
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
from app.db.models.visits import Visit

__all__ = [
    "Account",
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
    "Device",
    "DutyDecision",
    "Incident",
    "Leave",
    "Login",
    "OutboxEvent",
    "ParameterValue",
    "Posting",
    "Quarantine",
    "ServerEpoch",
    "StaleDay",
    "Station",
    "Submission",
    "TrackBatch",
    "Unit",
    "Visit",
    "Worker",
    "WorkerDay",
]
