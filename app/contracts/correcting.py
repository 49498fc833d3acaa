"""What was written down wrong of a contract is put right, with a reason (HIRE-3)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.contracts.keeping import check_apart, check_retirement, to_change
from app.contracts.queries import ends_on
from app.contracts.refusals import ContractOver, SignedInTheFuture
from app.contracts.schemas import ContractCorrectionIn
from app.contracts.shown import tell_worker
from app.db.models import Contract
from app.kit.clock import civil_day
from app.outbox.emit import emit
from app.people.principal import Principal
from app.rules.retirement import retires_on

OF_BIRTH = frozenset({"born", "retires_on"})
"""What says when somebody was born stays in the register alone."""


def correct(
    session: Session, asker: Principal, key: UUID, body: ContractCorrectionIn, now: datetime
) -> Contract:
    """A contract that runs says what was agreed, and ends by that; the same again changes nothing.

    What it said before stays in the audit, but for the date of birth.
    """
    contract = to_change(session, asker, key)
    said = _said(body)
    changed = {name: value for name, value in said.items() if getattr(contract, name) != value}
    if not changed:
        return contract
    _check(session, Contract(id=contract.id, worker_id=contract.worker_id, **said), civil_day(now))
    before = {name: _written(getattr(contract, name)) for name in changed.keys() - OF_BIRTH}
    for name, value in changed.items():
        setattr(contract, name, value)
    tell_worker(session, contract)
    emit(
        session,
        "contract.corrected",
        by=asker.account_id,
        unit_code=contract.community_code,
        subject=("contract", contract.id),
        worker=str(contract.worker_id),
        changed=sorted(changed),
        before=before,
        reason=body.reason,
    )
    return contract


def _said(body: ContractCorrectionIn) -> Mapping[str, Any]:
    return {
        "signed_on": body.signed_on,
        "first_day": body.first_day,
        "term_ends_on": body.term_ends_on,
        "born": body.born.isoformat(),
        "retirement_post": body.retirement_post,
        "retires_on": retires_on(body.retirement_post, body.born),
    }


def _check(session: Session, meant: Contract, today: date) -> None:
    """As when it was signed; what would be over by now is ended, not corrected."""
    if meant.signed_on > today:
        raise SignedInTheFuture(today=today)
    check_retirement(meant)
    if ends_on(meant) < today:
        raise ContractOver(ends_on=ends_on(meant))
    check_apart(session, meant)


def _written(value: object) -> str | None:
    return None if value is None else str(value)
