"""The records behind a figure, as far as who asks may open them (rulebook part 8)."""

from app.appraisal.schemas import MonthRecordOut, MonthRecordsOut
from app.people.principal import Principal

READS_VISITS = "visits:read"
OF_VISITS = frozenset({"visits", "unpaid_targets"})
"""Keys of visits and of what was to be visited."""


def as_seen_by(asker: Principal, found: MonthRecordsOut) -> MonthRecordsOut:
    """Above the station visits are counted and not named: beside their kind a key would say who
    belongs to a special group."""
    if READS_VISITS in asker.scopes:
        return found
    return found.model_copy(update={"items": [_counted(item) for item in found.items]})


def _counted(item: MonthRecordOut) -> MonthRecordOut:
    says = {name: value for name, value in item.says.items() if name not in OF_VISITS}
    return item.model_copy(update={"says": says})
