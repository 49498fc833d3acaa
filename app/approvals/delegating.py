"""Stand-ins: an office account lets another one take its steps over a span of dates.

A place is given away by whoever holds it, or by a tier above for somebody who is absent; never by
a stand-in, so there are no chains. A stand-in belongs to the same unit or to one above it, where
nobody gets to see more than before, and acts for no lower tier than the one that is stood in for:
the centre does not take the office's word (HIRE-1).
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, aliased

from app.approvals.refusals import (
    DelegationIdReused,
    DelegationInArrears,
    DelegationOver,
    DelegationOverlaps,
    DelegationTierUnclear,
    DelegationUnfit,
)
from app.approvals.schemas import DelegationIn, DelegationOut, DelegationPage, StandInOut
from app.approvals.tiers import ACTS_FOR, own_tiers
from app.db.keyset import cursor_of, cut, earlier, latest_first
from app.db.models import Account, Delegation, Unit
from app.kit.clock import civil_day
from app.kit.errors import Forbidden, NotFound
from app.outbox.emit import emit
from app.people.posts import under
from app.people.principal import Principal
from app.rules.tiers import Tier, rank

A_DAY = timedelta(days=1)
PLACE = (Delegation.made_at, Delegation.id)
OFFICE_ROLES = [role for role, tier in ACTS_FOR.items() if tier is not Tier.GRID]


def delegate(
    session: Session, asker: Principal, body: DelegationIn, now: datetime
) -> DelegationOut:
    """Let another account stand in; the same delegation again is the first."""
    known = session.get(Delegation, body.id)
    if known is not None:
        return _same(session, known, asker, body, now)
    holder = _holder(session, asker, body)
    tier = _tier(holder, body)
    _fit(session, holder, body.to_account, tier)
    if body.first_day < civil_day(now):
        raise DelegationInArrears(first_day=body.first_day)
    valid = Range(body.first_day, body.last_day + A_DAY)
    _apart(session, holder, body.to_account, tier, valid)
    made = Delegation(
        id=body.id,
        from_account=holder.id,
        to_account=body.to_account,
        unit_code=holder.unit_code,
        tier=tier,
        valid=valid,
        reason=body.reason,
        made_by=asker.account_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    _tell(session, made, "approval.delegated", asker.account_id)
    return shown(session, made, now)


def _same(
    session: Session, known: Delegation, asker: Principal, body: DelegationIn, now: datetime
) -> DelegationOut:
    stands = (known.made_by, known.from_account, known.to_account, known.valid, known.reason)
    valid = Range(body.first_day, body.last_day + A_DAY)
    holder = body.from_account or asker.account_id
    other_tier = body.tier is not None and body.tier is not known.tier
    if other_tier or stands != (asker.account_id, holder, body.to_account, valid, body.reason):
        raise DelegationIdReused(id=body.id)
    return shown(session, known, now)


def _holder(session: Session, asker: Principal, body: DelegationIn) -> Account:
    """Whose place: one's own, or that of an account of a lower tier in one's unit."""
    found = session.get(Account, body.from_account or asker.account_id)
    if found is None:
        raise NotFound(account=body.from_account)
    asker.look(found.unit_code)
    if found.id != asker.account_id and not _above(asker, _offices(found)):
        raise Forbidden(account=found.id)
    return found


def _offices(account: Account) -> frozenset[Tier]:
    """The tiers of offices that an account acts for."""
    tiers = {ACTS_FOR[role] for role in account.roles if role in OFFICE_ROLES}
    return frozenset(tiers)


def _above(asker: Principal, tiers: frozenset[Tier]) -> bool:
    """Whether one acts for a higher tier than any of some."""
    own = own_tiers(asker)
    return bool(own and tiers) and max(map(rank, own)) > max(map(rank, tiers))


def _tier(holder: Account, body: DelegationIn) -> Tier:
    tiers = _offices(holder)
    if body.tier is None and len(tiers) == 1:
        return next(iter(tiers))
    if body.tier is None or body.tier not in tiers:
        raise DelegationTierUnclear(tiers=sorted(tiers, key=rank))
    return body.tier


def _fit(session: Session, holder: Account, to_account: UUID, tier: Tier) -> None:
    fit = _fit_for(holder.id, holder.unit_code, tier).where(Account.id == to_account)
    if session.execute(fit).first() is None:
        raise DelegationUnfit(account=to_account)


def _fit_for(holder_id: UUID, unit_code: str, tier: Tier) -> Select[UUID, str, list[str], str, str]:
    """The offices of a unit or above it, of a tier or a higher one, but for one account."""
    not_below = [role for role in OFFICE_ROLES if rank(ACTS_FOR[role]) >= rank(tier)]
    return (
        select(Account.id, Account.name, Account.roles, Unit.code, Unit.name)
        .join(Unit, Unit.code == Account.unit_code)
        .where(
            func.starts_with(literal(unit_code), Account.unit_code),
            Account.roles.overlap(not_below),
            Account.disabled_at.is_(None),
            Account.id != holder_id,
        )
    )


def _apart(
    session: Session, holder: Account, to_account: UUID, tier: Tier, valid: Range[date]
) -> None:
    """Raises DelegationOverlaps; asked by one transaction at a time for each holder."""
    key = func.hashtextextended(f"delegation {holder.id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    other = session.scalar(
        select(Delegation.id).where(
            Delegation.from_account == holder.id,
            Delegation.to_account == to_account,
            Delegation.tier == tier,
            Delegation.revoked_at.is_(None),
            Delegation.valid.overlaps(valid),
        )
    )
    if other is not None:
        raise DelegationOverlaps(id=other)


def revoke(session: Session, asker: Principal, key: UUID, now: datetime) -> DelegationOut:
    """Nobody stands in from now on; whoever gave the place, made it or is above may say so."""
    found = session.get(Delegation, key, with_for_update=True)
    if found is None:
        raise NotFound(delegation=key)
    asker.look(found.unit_code)
    own = asker.account_id in {found.from_account, found.made_by}
    if not own and not _above(asker, frozenset({found.tier})):
        raise Forbidden(delegation=key)
    upper = found.valid.upper
    if found.revoked_at is not None or (upper is not None and upper <= civil_day(now)):
        raise DelegationOver(revoked_at=found.revoked_at, ended_on=upper)
    found.revoked_at, found.revoked_by = now, asker.account_id
    session.flush()
    _tell(session, found, "approval.delegation_revoked", asker.account_id)
    return shown(session, found, now)


def stand_ins(session: Session, asker: Principal) -> list[StandInOut]:
    """Who could stand in for oneself, at one of one's tiers."""
    lowest = min(own_tiers(asker), key=rank, default=Tier.OFFICE)
    fit = _fit_for(asker.account_id, asker.unit_code, lowest)
    rows = session.execute(fit.order_by(Unit.code.desc(), Account.name))
    return [
        StandInOut(
            account_id=account_id,
            name=name,
            unit_code=code,
            unit_name=unit_name,
            tiers=sorted({ACTS_FOR[role] for role in roles if role in OFFICE_ROLES}, key=rank),
        )
        for account_id, name, roles, code, unit_name in rows
    ]


def delegations_of(
    session: Session,
    asker: Principal,
    unit_code: str,
    on: date | None,
    page: tuple[str | None, int],
    now: datetime,
) -> DelegationPage:
    """Those for the places of a unit and below, and one's own; on a date only those in force."""
    cursor, limit = page
    mine = or_(
        Delegation.from_account == asker.account_id, Delegation.to_account == asker.account_id
    )
    where: list[ColumnElement[bool]] = [
        or_(under(Delegation.unit_code, unit_code), mine),
        earlier(PLACE, cursor),
    ]
    if on is not None:
        where += [Delegation.valid.contains(on), Delegation.revoked_at.is_(None)]
    rows = session.execute(
        _named().where(*where).order_by(*latest_first(PLACE)).limit(limit + 1)
    ).all()
    cut_rows, last = cut(rows, limit)
    return DelegationPage(
        items=[_out(row[0], (row[1], row[2], row[3]), now) for row in cut_rows],
        next_cursor=cursor_of(last[0].made_at, last[0].id) if last else None,
    )


def shown(session: Session, delegation: Delegation, now: datetime) -> DelegationOut:
    """A delegation with the names of both and of the unit."""
    row = session.execute(_named().where(Delegation.id == delegation.id)).one()
    return _out(row[0], (row[1], row[2], row[3]), now)


def _named() -> Select[Delegation, str, str, str]:
    to = aliased(Account)
    return (
        select(Delegation, Account.name, to.name, Unit.name)
        .join(Account, Account.id == Delegation.from_account)
        .join(to, to.id == Delegation.to_account)
        .join(Unit, Unit.code == Delegation.unit_code)
    )


def _out(found: Delegation, names: tuple[str, str, str], now: datetime) -> DelegationOut:
    first, upper = found.valid.lower, found.valid.upper
    assert first is not None
    assert upper is not None
    return DelegationOut(
        id=found.id,
        from_account=found.from_account,
        from_name=names[0],
        to_account=found.to_account,
        to_name=names[1],
        unit_code=found.unit_code,
        unit_name=names[2],
        tier=found.tier,
        first_day=first,
        last_day=upper - A_DAY,
        reason=found.reason,
        made_by=found.made_by,
        made_at=found.made_at,
        revoked_at=found.revoked_at,
        revoked_by=found.revoked_by,
        in_force=found.revoked_at is None and first <= civil_day(now) < upper,
    )


def _tell(session: Session, found: Delegation, event: str, by: UUID) -> None:
    emit(
        session,
        event,
        by=by,
        unit_code=found.unit_code,
        subject=("delegation", found.id),
        from_account=str(found.from_account),
        to_account=str(found.to_account),
        tier=found.tier.value,
        first_day=str(found.valid.lower),
        until=str(found.valid.upper),
    )
