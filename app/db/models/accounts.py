"""Accounts, their devices and their sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from app.db.models.base import Base
from app.db.models.people import Unit, Worker


class Account(Base):
    """A person's way in: one unit, one or more roles, never two of the three administrations."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(
            "('system_administrator' = any(roles))::int"
            " + ('security_administrator' = any(roles))::int"
            " + ('auditor' = any(roles))::int <= 1",
            name="separate_administrations",
        ),
        CheckConstraint("cardinality(roles) > 0", name="roles"),
        Index(
            "ix_account_unit_code", "unit_code", postgresql_ops={"unit_code": "text_pattern_ops"}
        ),
        Index("uq_account_worker_id", "worker_id", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(server_default=text("false"))
    totp_secret: Mapped[str | None]
    """The second factor's secret, encrypted with a key outside the database."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    """The last time step used: a code works once."""
    failed_attempts: Mapped[int] = mapped_column(server_default=text("0"))
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    unit: Mapped[Unit] = relationship()
    worker: Mapped[Worker | None] = relationship()


class Device(Base):
    """A handset bound to one account; its id is made at the app's first start."""

    __tablename__ = "device"
    __table_args__ = (
        Index("ix_device_account_id", "account_id"),
        Index(
            "uq_device_account_id_active",
            "account_id",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    model: Mapped[str]
    app_version: Mapped[str]
    registered_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Login(Base):
    """One sign-in and the family of refresh tokens that follows from it."""

    __tablename__ = "login"
    __table_args__ = (Index("ix_login_account_id", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    signed_in_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    refresh_hash: Mapped[bytes]
    """SHA-256 of the one refresh token that is good now; an older one of the family is reuse."""
    previous_hash: Mapped[bytes | None]
    attempt: Mapped[UUID | None]
    """The handset's own name for its last refresh: the same attempt again is a retry, not reuse."""
    refreshed_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]

    account: Mapped[Account] = relationship()
    device: Mapped[Device | None] = relationship()
