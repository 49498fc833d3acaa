"""The city's parameters: superseded from a date on, as an audited act (rulebook part 0)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import ParameterValue
from app.kit.clock import civil_day
from app.outbox.emit import emit, mark_clocks, mark_visits
from app.people.city_refusals import ValueRefused
from app.people.marks import mark_unit
from app.people.principal import Principal
from app.people.values import supersessions
from app.rules.cards import ClockReason
from app.rules.deadlines import OF_CLOCKS
from app.rules.parameters import (
    PARAMETERS,
    Parameter,
    Supersession,
    check_supersession,
    read_value,
    values_on,
    written,
)

VISITS = "VIS-"
"""How the rules begin whose parameters what is owed and paid rests on."""


@dataclass(frozen=True)
class InForce:
    """A parameter on a date, with its whole history."""

    parameter: Parameter[float] | Parameter[time]
    value: float | str
    since: date | None
    """The date from which this value holds; none for the default."""
    history: Sequence[ParameterValue]


def in_force(session: Session, day: date) -> tuple[InForce, ...]:
    """Every parameter as of a date."""
    values = values_on(day, supersessions(session)).as_json()
    rows = session.scalars(select(ParameterValue).order_by(ParameterValue.id)).all()
    found = []
    for name, parameter in sorted(PARAMETERS.items()):
        history = [row for row in rows if row.name == name]
        since = max(
            (row.effective_from for row in history if row.effective_from <= day), default=None
        )
        found.append(InForce(parameter, values[name], since, history))
    return tuple(found)


def supersede(
    session: Session,
    asker: Principal,
    wanted: Supersession,
    reason: str,
    now: datetime,
) -> ParameterValue:
    """A new value from today or a later date on."""
    asker.act(asker.unit_code)
    today = civil_day(now)
    problems = check_supersession(wanted, today)
    if problems:
        said = [{"code": found.code, "zh": found.zh, "en": found.en} for found in problems]
        raise ValueRefused(name=wanted.name, problems=said)
    value: Any = written(read_value(wanted.name, wanted.value))
    row = ParameterValue(
        name=wanted.name,
        value=value,
        effective_from=wanted.effective_from,
        reason=reason,
        decided_by=asker.account_id,
        decided_at=now,
    )
    session.add(row)
    if wanted.effective_from == today:
        mark_unit(session, asker.unit_code, today, today)
    if PARAMETERS[wanted.name].rule.startswith(VISITS):
        mark_visits(session, asker.unit_code, wanted.effective_from)
    if wanted.name in OF_CLOCKS:
        mark_clocks(session, asker.unit_code, ClockReason.POLICY)
    emit(
        session,
        "parameter.superseded",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("parameter", wanted.name),
        value=value,
        effective_from=wanted.effective_from.isoformat(),
        reason=reason,
    )
    session.flush()
    return row
