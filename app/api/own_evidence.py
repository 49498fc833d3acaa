"""Evidence as the person concerned opens it: each record at a path of one's own (CON)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

from app.conduct.detail_schemas import ConductEvidenceOut, PenaltyDetailOut, ProposalDetailOut

Record: TypeAlias = Mapping[str, Any]
PATHS: Mapping[str, Callable[[Record, date], str]] = {
    "equipment_check": lambda one, on: f"/v1/me/equipment-checks?from={on}&to={on}",
    "incident": lambda one, on: f"/v1/me/incidents/{one['id']}",
    "incident_card": lambda one, on: f"/v1/me/incident-cards?from={on}&to={on}",
    "known_change": lambda one, on: "/v1/me/records",
    "month_appraisal": lambda one, on: f"/v1/me/appraisals/{one['month']}",
    "platform_logins": lambda one, on: f"/v1/me/platform-logins?{one['at'].partition('&')[2]}",
    "record": lambda one, on: "/v1/me/records",
    "visit": lambda one, on: "/v1/me/visits",
    "year_appraisal": lambda one, on: f"/v1/me/annual-appraisals/{one['year']}",
}
"""By kind; what is missing here only offices can open, and the record itself says what counts."""


def own_proposal(found: ProposalDetailOut) -> ProposalDetailOut:
    """With the paths at which the worker can open what is behind it."""
    versions = [own_evidence(one, found.occurred_on) for one in found.versions]
    return found.model_copy(update={"versions": versions})


def own_penalty(found: PenaltyDetailOut) -> PenaltyDetailOut:
    """The same of what was decided upon."""
    decided_upon = own_evidence(found.decided_upon, found.occurred_on)
    return found.model_copy(update={"decided_upon": decided_upon})


def own_evidence(found: ConductEvidenceOut, occurred_on: date) -> ConductEvidenceOut:
    """Without the paths of offices, at which the worker would be turned away."""
    records = [_own(record, occurred_on) for record in found.records]
    return found.model_copy(update={"records": records})


def _own(record: Record, occurred_on: date) -> dict[str, Any]:
    kept = {name: value for name, value in record.items() if name != "at"}
    path = PATHS.get(str(record.get("kind")))
    return kept | {"at": path(record, occurred_on)} if path else kept
