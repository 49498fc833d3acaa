"""Handsets: bound to one account, one active device each, and recent enough."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.models import Account, Device, Login
from app.kit.errors import Forbidden, NotFound, Refusal
from app.outbox.emit import emit
from app.people.account_schemas import DeviceIn
from app.people.principal import Principal
from app.people.sign_in_refusals import (
    AppTooOld,
    DeviceNeeded,
    DeviceNotBound,
    DeviceOfAnother,
    DeviceRevoked,
)
from app.people.standing import carries_handset
from app.settings import Settings

VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?(?:[-+ ].*)?")


def check_app_version(version: str | None, settings: Settings) -> None:
    """Raises AppTooOld for an app older than the city accepts, or one that does not say."""
    refusal = too_old(version, settings)
    if refusal:
        raise refusal


def too_old(version: str | None, settings: Settings) -> AppTooOld | None:
    """The refusal of an app older than the city accepts, or one that does not say."""
    found = _numbers(version or "")
    if found is None or found < (_numbers(settings.minimum_app_version) or (0, 0, 0)):
        return AppTooOld(version=version, minimum=settings.minimum_app_version)
    return None


def _numbers(version: str) -> tuple[int, ...] | None:
    found = VERSION.fullmatch(version.strip())
    return tuple(int(part or 0) for part in found.groups()) if found else None


def bind(
    session: Session, account: Account, body: DeviceIn | None, settings: Settings, now: datetime
) -> Device | Refusal:
    """The account's device if this is it, or binds it if it is the first.

    The account's row must be locked, so that of two first devices one comes second.
    """
    if body is None:
        return DeviceNeeded()
    old = too_old(body.app_version, settings)
    if old:
        return old
    device = session.get(Device, body.id)
    if device and device.account_id != account.id:
        return DeviceOfAnother()
    if device and device.revoked_at:
        return DeviceRevoked()
    if device is None:
        bound = active_device(session, account.id)
        if bound:
            return DeviceNotBound(bound_model=bound.model, bound_since=bound.registered_at)
        device = _register(session, account, body, now)
    device.model, device.app_version = body.model, body.app_version
    return device


def _register(session: Session, account: Account, body: DeviceIn, now: datetime) -> Device:
    device = Device(
        id=body.id,
        account_id=account.id,
        registered_at=now,
        model=body.model,
        app_version=body.app_version,
    )
    session.add(device)
    session.flush()
    emit(
        session,
        "device.bound",
        by=account.id,
        unit_code=account.unit_code,
        subject=("device", device.id),
        model=device.model,
    )
    return device


def active_device(session: Session, account_id: UUID) -> Device | None:
    """The one device bound to an account now."""
    return session.scalar(
        select(Device).where(Device.account_id == account_id, Device.revoked_at.is_(None))
    )


def devices_of(session: Session, asker: Principal, account_id: UUID) -> Sequence[Device]:
    """Every device that an account had, newest first."""
    account = session.get(Account, account_id)
    asker.look(account.unit_code if account else None)
    return session.scalars(
        select(Device).where(Device.account_id == account_id).order_by(Device.registered_at.desc())
    ).all()


def revoke_device(session: Session, asker: Principal, device_id: UUID, now: datetime) -> None:
    """Take a device off its account and end its logins; a station lead does so for own workers."""
    device = session.get(Device, device_id, with_for_update=True)
    account = session.get(Account, device.account_id) if device else None
    if device is None or account is None:
        raise NotFound
    asker.look(account.unit_code)
    if "security:write" not in asker.scopes and not carries_handset(account):
        raise Forbidden(unit=account.unit_code)
    if device.revoked_at:
        return
    device.revoked_at = now
    session.execute(
        update(Login)
        .where(Login.device_id == device.id, Login.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because="device revoked")
    )
    emit(
        session,
        "device.revoked",
        by=asker.account_id,
        unit_code=account.unit_code,
        subject=("device", device.id),
        account=str(account.id),
    )
