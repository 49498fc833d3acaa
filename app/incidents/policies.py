"""The centre's own hours over the defaults of EVT-3, from a date on; no decision is ever edited."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import DeadlinePolicy, IncidentCategoryRow
from app.incidents.card_refusals import DeadlineCategoryUnknown
from app.incidents.clocks import policies_of
from app.incidents.rule_schemas import (
    DeadlineDecidedOut,
    DeadlineIn,
    DeadlineInForceOut,
    DeadlinesOut,
)
from app.kit.clock import civil_day
from app.outbox.emit import emit, mark_clocks
from app.people.principal import Principal
from app.people.spans import not_in_the_past
from app.people.values import values_on
from app.rules.cards import ClockReason
from app.rules.deadlines import EVT_3, HOURS, RED_AFTER_H, policy_in_force
from app.rules.field_records import Severity


def supersede(
    session: Session, asker: Principal, body: DeadlineIn, now: datetime
) -> DeadlinePolicy:
    """New hours from today or a later date on. Today's count for what arrived today as well: its
    open holds are computed anew. Raises EffectiveInThePast and DeadlineCategoryUnknown."""
    asker.act(asker.unit_code)
    today = civil_day(now)
    not_in_the_past(body.effective_from, today)
    _check_category(session, body.category, body.effective_from)
    row = DeadlinePolicy(decided_by=asker.account_id, decided_at=now, **body.model_dump())
    session.add(row)
    session.flush()
    if row.effective_from == today:
        mark_clocks(session, asker.unit_code, ClockReason.POLICY)
    emit(
        session,
        "deadline.superseded",
        by=asker.account_id,
        unit_code=asker.unit_code,
        subject=("deadline", row.id),
        category=row.category,
        severity=row.severity.value,
        tier=row.tier.value,
        hours=float(row.hours),
        effective_from=row.effective_from.isoformat(),
        reason=row.reason,
    )
    return row


def _check_category(session: Session, code: str | None, day: date) -> None:
    if code is None:
        return
    found = session.get(IncidentCategoryRow, code)
    if found is None or day not in found.valid:
        raise DeadlineCategoryUnknown(category=code, day=day)


def as_of(session: Session, day: date) -> DeadlinesOut:
    """The hours in force on a date, the default table first, with every decision."""
    rows = session.scalars(select(DeadlinePolicy).order_by(DeadlinePolicy.id)).all()
    return DeadlinesOut(
        on=day,
        rule=EVT_3.rule,
        clause=EVT_3.clause,
        red_after_h=values_on(session, day)[RED_AFTER_H],
        items=list(_in_force(session, day)),
        history=[DeadlineDecidedOut.model_validate(row) for row in rows],
    )


def _in_force(session: Session, day: date) -> Iterator[DeadlineInForceOut]:
    policies = policies_of(session)
    categories = sorted({found.category for found in policies if found.category is not None})
    for category in (None, *categories):
        own = [found for found in policies if found.category == category]
        for severity, tiers in HOURS.on(day).items():
            for tier, default in tiers.items():
                policy = policy_in_force(own, category or "", severity, tier, day)
                if policy is None and category is not None:
                    continue
                working = severity is Severity.GENERAL
                yield DeadlineInForceOut(
                    category=category,
                    severity=severity,
                    tier=tier,
                    hours=Decimal(str(default)) if policy is None else policy.hours,
                    counted_in="working_hours" if working else "hours_of_the_clock",
                    since=HOURS.history[-1].start if policy is None else policy.effective_from,
                    policy=None if policy is None else policy.key,
                )
