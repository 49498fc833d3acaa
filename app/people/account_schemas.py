"""How accounts, sign-ins and devices are spoken about."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from app.kit.schema import In, Line, Out, Phone, UnitCode

UUID_EXAMPLE = "0199d2f0-6d7a-7c11-9a51-2f6f0d9c1b20"


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL")
    return text


Password = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_no_nul)]
"""As typed: nothing is stripped."""
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Role = Literal[
    "worker",
    "station_lead",
    "information_administrator",
    "township",
    "command_centre",
    "leading_group_office",
    "finance",
    "platform",
    "auditor",
    "system_administrator",
    "security_administrator",
]


class DeviceIn(In):
    """A handset; it makes its id at the app's first start."""

    id: UUID
    model: Line
    app_version: Line


class SignInIn(In):
    """A sign-in; handsets name their device, offices add the second factor."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "phone": "13900000001",
                    "password": "correct-Horse-7-battery",
                    "device": {"id": UUID_EXAMPLE, "model": "nova 12", "app_version": "1.0.0"},
                },
                {"phone": "18800000001", "password": "correct-Horse-7-battery", "totp": "287082"},
            ]
        }
    )

    phone: Phone
    password: Password
    device: DeviceIn | None = None
    totp: Code | None = None


class RefreshIn(In):
    """The refresh token in hand; `attempt` lets a lost answer be asked for again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"refresh_token": "0199d2f0….kq2…", "attempt": UUID_EXAMPLE}]
        }
    )

    refresh_token: Line
    attempt: UUID | None = Field(
        default=None,
        description="Made by the client for this refresh; the same token with the same attempt "
        "again within two minutes is a retry after a lost answer, not reuse",
    )


class TokensOut(Out):
    """An access token for fifteen minutes and the refresh token that follows it."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds", examples=[900])
    refresh_token: str
    login_expires_at: datetime
    scopes: list[str] = Field(examples=[["account", "handset", "me"]])
    must_change_password: bool
    must_enrol_second_factor: bool


class PasswordIn(In):
    """The present password and the new one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"old": "correct-Horse-7-battery", "new": "better-Horse-8-battery"}]
        }
    )

    old: Password
    new: Password


class CodeIn(In):
    """Six digits from the authenticator app."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "287082"}]})

    code: Code


class EnrolmentOut(Out):
    """Shown once: what the authenticator app reads."""

    otpauth_uri: str = Field(
        examples=["otpauth://totp/Jianyang:18800000001?secret=JBSWY3DPEHPK3PXP&issuer=Jianyang"]
    )


class AccountOut(Out):
    """An account, without anything secret."""

    id: UUID
    phone: str = Field(examples=["13900000001"])
    name: str
    unit_code: str = Field(examples=["510185001001"])
    roles: list[str] = Field(examples=[["worker"]])
    worker_id: UUID | None
    must_change_password: bool
    second_factor: bool
    locked_until: datetime | None
    disabled_at: datetime | None
    created_at: datetime


class AccountsOut(Out):
    """Some accounts in the order of their ids."""

    items: list[AccountOut]
    next_cursor: str | None


class OwnAccountOut(AccountOut):
    """One's own account and what the present token allows."""

    scopes: list[str]
    must_enrol_second_factor: bool


class AccountIn(In):
    """A new account; a worker's account names the worker."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "phone": "18800000123",
                    "name": "王站长",
                    "unit_code": "510185001001",
                    "roles": ["station_lead"],
                }
            ]
        }
    )

    phone: Phone
    name: Line
    unit_code: UnitCode
    roles: list[Role] = Field(min_length=1, max_length=11)
    worker_id: UUID | None = None


class AccountChangeIn(In):
    """What changes; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"disabled": True}]})

    name: Line | None = None
    unit_code: UnitCode | None = None
    roles: list[Role] | None = Field(default=None, min_length=1, max_length=11)
    disabled: bool | None = None


class OneTimePasswordOut(Out):
    """The account and a password shown once, to be changed at the first sign-in."""

    account: AccountOut
    one_time_password: str


class DeviceOut(Out):
    """A handset that an account has or had."""

    id: UUID
    account_id: UUID
    model: str
    app_version: str
    registered_at: datetime
    revoked_at: datetime | None


class DevicesOut(Out):
    """Some handsets in the order of their ids."""

    items: list[DeviceOut]
    next_cursor: str | None


class RoleOut(Out):
    """A role and its scopes."""

    name: str = Field(examples=["station_lead"])
    zh: str = Field(examples=["社区服务管理站站长"])
    en: str = Field(examples=["Station lead"])
    tiers: list[str] = Field(examples=[["community"]])
    scopes: list[str]


class EventOut(Out):
    """One act: who, what, when, to what."""

    id: int
    name: str = Field(examples=["auth.signed_in"])
    at: datetime
    account_id: UUID | None
    unit_code: str | None
    subject_kind: str = Field(examples=["account"])
    subject_id: str
    facts: dict[str, object]


class EventsOut(Out):
    """Some acts, newest first."""

    items: list[EventOut]
    next_cursor: str | None
