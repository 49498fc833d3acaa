"""Accounts, roles, devices, logins and the audit log."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.api.account_filters import AccountsAsked, DevicesAsked, EventsAsked
from app.api.deps import (
    AccountsReader,
    AccountsWriter,
    AuditReader,
    Db,
    DevicesReader,
    DevicesWriter,
    Now,
    Reads,
    SecurityWriter,
    SignedIn,
)
from app.api.export import FILES, as_asked
from app.api.outcomes import settle
from app.api.problems import CONSTRAINTS, refusals
from app.db.models import Account, Device
from app.kit.errors import BadCursor, NotFound
from app.people import account_queries as queries
from app.people import account_refusals as refused
from app.people import accounts, devices, own_account
from app.people import sign_in_refusals as why
from app.people.account_schemas import (
    AccountChangeIn,
    AccountIn,
    AccountOut,
    AccountsOut,
    CodeIn,
    DeviceOut,
    DevicesOut,
    EnrolmentOut,
    EventOut,
    EventsOut,
    OneTimePasswordOut,
    OwnAccountOut,
    PasswordIn,
    RoleOut,
)
from app.people.roles import ROLE_NAMES, ROLES, TIERS_OF_ROLES
from app.people.standing import lacks_second_factor

router = APIRouter(prefix="/v1", tags=["accounts"])
CONSTRAINTS["uq_account_phone"] = refused.PhoneTaken
CONSTRAINTS["uq_account_worker_id"] = refused.WorkerHasAccount
CONSTRAINTS["ck_account_separate_administrations"] = refused.RolesConflict
CONSTRAINTS["fk_account_unit_code"] = refused.UnknownUnit
GRANTING = (
    refused.UnknownUnit,
    refused.RoleTier,
    refused.RolesConflict,
    refused.WorkerMismatch,
)
EVENT_COLUMNS: Mapping[str, tuple[str, str]] = {
    "id": ("序号", "Number"),
    "at": ("时间", "Time"),
    "name": ("事件", "Event"),
    "account_id": ("账号", "Account"),
    "unit_code": ("单位", "Unit"),
    "subject_kind": ("对象类别", "Kind"),
    "subject_id": ("对象", "Subject"),
    "facts": ("详情", "Facts"),
}


@router.get("/me/account", responses=refusals())
def read_own_account(request: Request, db: Db, asker: SignedIn) -> OwnAccountOut:
    """One's own account and what it may do now."""
    account = own_account.own(db, asker)
    required = request.app.state.settings.require_second_factor
    return OwnAccountOut(
        **account_out(account).model_dump(),
        scopes=sorted(asker.scopes),
        must_enrol_second_factor=lacks_second_factor(account, required),
    )


@router.put(
    "/me/password",
    status_code=204,
    responses=refusals(why.WrongPassword, why.WeakPassword, why.Locked),
)
def change_password(request: Request, asker: SignedIn, body: PasswordIn, now: Now) -> None:
    """Change one's own password; the other logins end."""
    settle(request, lambda db: own_account.change_password(db, asker, body.old, body.new, now))
    request.app.state.doorkeeper.forget(asker.login_id)


@router.post("/me/second-factor", status_code=201, responses=refusals(why.SecondFactorEnrolled))
def enrol_second_factor(request: Request, db: Db, asker: SignedIn) -> EnrolmentOut:
    """Enrol a second factor: the answer is shown once and waits for its first code."""
    secret = request.app.state.settings.secret
    return EnrolmentOut(otpauth_uri=own_account.enrol_second_factor(db, asker, secret))


@router.post(
    "/me/second-factor/confirmation",
    status_code=204,
    responses=refusals(why.WrongCode, why.NoSecondFactor, why.SecondFactorEnrolled, why.Locked),
)
def confirm_second_factor(request: Request, asker: SignedIn, body: CodeIn, now: Now) -> None:
    """Confirm the second factor with its first code; from now on signing in needs it."""
    secret = request.app.state.settings.secret
    settle(request, lambda db: own_account.confirm_second_factor(db, asker, body.code, secret, now))
    request.app.state.doorkeeper.forget(asker.login_id)


@router.get("/roles", responses=refusals())
def list_roles(_: SignedIn) -> list[RoleOut]:
    """Every role, where it acts and what it may do."""
    return [
        RoleOut(
            name=role,
            zh=ROLE_NAMES[role][0],
            en=ROLE_NAMES[role][1],
            tiers=sorted(TIERS_OF_ROLES[role]),
            scopes=sorted(scopes),
        )
        for role, scopes in ROLES.items()
    ]


@router.get("/accounts", responses=refusals(BadCursor, NotFound))
def list_accounts(
    db: Db, asker: AccountsReader, asked: Annotated[AccountsAsked, Query()]
) -> AccountsOut:
    """The accounts of a unit and all below it."""
    within = asked.unit or asker.unit_code
    asker.look(within)
    page = queries.accounts_under(db, within, asked.role, asked.cursor, asked.limit)
    return AccountsOut(
        items=[account_out(account) for account in page.items], next_cursor=page.next_cursor
    )


@router.post(
    "/accounts",
    status_code=201,
    responses=refusals(*GRANTING, refused.PhoneTaken, refused.WorkerHasAccount),
)
def create_account(db: Db, asker: AccountsWriter, body: AccountIn, now: Now) -> OneTimePasswordOut:
    """Open an account; its one-time password is shown once."""
    account, password = accounts.open_account(db, asker, body, now)
    return OneTimePasswordOut(account=account_out(account), one_time_password=password)


@router.get("/accounts/{account_id}", responses=refusals(NotFound))
def read_account(db: Db, asker: AccountsReader, account_id: UUID) -> AccountOut:
    """One account."""
    return account_out(accounts.visible(db, asker, account_id))


@router.patch("/accounts/{account_id}", responses=refusals(*GRANTING, refused.OwnAccount, NotFound))
def change_account(
    db: Db, asker: AccountsWriter, account_id: UUID, body: AccountChangeIn, now: Now
) -> AccountOut:
    """Rename, move, grant, withdraw, close or open again."""
    return account_out(accounts.change_account(db, asker, account_id, body, now))


@router.post(
    "/accounts/{account_id}/password-reset", responses=refusals(refused.OwnAccount, NotFound)
)
def reset_password(db: Db, asker: AccountsWriter, account_id: UUID, now: Now) -> OneTimePasswordOut:
    """Give a new one-time password, shown once; every login of the account ends."""
    account, password = accounts.reset_password(db, asker, account_id, now)
    return OneTimePasswordOut(account=account_out(account), one_time_password=password)


@router.post("/accounts/{account_id}/unlock", status_code=204, responses=refusals(NotFound))
def unlock_account(db: Db, asker: SecurityWriter, account_id: UUID) -> None:
    """Forget the failed attempts of an account."""
    accounts.unlock(db, asker, account_id)


@router.delete("/accounts/{account_id}/logins", status_code=204, responses=refusals(NotFound))
def revoke_logins(db: Db, asker: SecurityWriter, account_id: UUID, now: Now) -> None:
    """End every login of an account; felt everywhere within a minute."""
    accounts.end_logins(db, asker, account_id, now)


@router.delete(
    "/accounts/{account_id}/second-factor",
    status_code=204,
    responses=refusals(refused.OwnAccount, NotFound),
)
def reset_second_factor(db: Db, asker: SecurityWriter, account_id: UUID, now: Now) -> None:
    """Take a lost second factor away, so that its owner can enrol anew."""
    accounts.reset_second_factor(db, asker, account_id, now)


@router.get(
    "/accounts/{account_id}/devices",
    responses=refusals(NotFound),
    response_model=list[DeviceOut],
)
def list_account_devices(db: Db, asker: DevicesReader, account_id: UUID) -> object:
    """Every handset that an account has or had, newest first."""
    return devices.devices_of(db, asker, account_id)


@router.get("/devices", responses=refusals(BadCursor))
def list_devices(
    db: Db, asker: DevicesReader, asked: Annotated[DevicesAsked, Query()]
) -> DevicesOut:
    """The handsets of a unit, or of one worker."""
    page = queries.devices_under(db, asker, asked.worker_id, asked.cursor, asked.limit)
    return DevicesOut(
        items=[device_out(device) for device in page.items], next_cursor=page.next_cursor
    )


@router.delete("/devices/{device_id}", status_code=204, responses=refusals(NotFound))
def revoke_device(db: Db, asker: DevicesWriter, device_id: UUID, now: Now) -> None:
    """Take a lost or replaced handset off its account; its logins end within a minute."""
    devices.revoke_device(db, asker, device_id, now)


@router.get("/audit", responses={**refusals(BadCursor), **FILES}, response_model=EventsOut)
def list_events(
    db: Db, asker: AuditReader, reads: Reads, asked: Annotated[EventsAsked, Query()]
) -> EventsOut | Response:
    """Who did what, newest first."""
    page = queries.events(db, asker, asked.filter, asked.cursor, asked.limit)
    shown = EventsOut(
        items=[EventOut.model_validate(event) for event in page.items],
        next_cursor=page.next_cursor,
    )
    return as_asked(shown, EVENT_COLUMNS, asked.format, "audit", reads)


def account_out(account: Account) -> AccountOut:
    """An account as it is shown."""
    return AccountOut(
        id=account.id,
        phone=account.phone,
        name=account.name,
        unit_code=account.unit_code,
        roles=sorted(account.roles),
        worker_id=account.worker_id,
        must_change_password=account.must_change_password,
        second_factor=account.totp_confirmed_at is not None,
        locked_until=account.locked_until,
        disabled_at=account.disabled_at,
        created_at=account.created_at,
    )


def device_out(device: Device) -> DeviceOut:
    """A handset as it is shown."""
    return DeviceOut.model_validate(device)
