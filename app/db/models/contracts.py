"""Who applied, who was hired, by which contract, and how it ended (HIRE-1 to HIRE-3, CON-4)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, words
from app.db.sealed import Blind, Sealed
from app.rules.hiring import (
    ApplicationState,
    ContractEnd,
    ContractOrigin,
    RecruitmentForm,
    RetirementPost,
)

PREFIX = "text_pattern_ops"
APPLICANT = "applicant"
"""For what an applicant's facts are sealed."""
IN_FORCE_OVER = "daterange(first_day, least(last_day, term_ends_on, retires_on), '[]')"
"""The dates of a contract: both ends belong to it."""


class RecruitmentApplication(Base):
    """A township applies to hire somebody for a vacant grid (HIRE-1)."""

    __tablename__ = "recruitment_application"
    __table_args__ = (
        Index(
            "ix_recruitment_application_grid_code",
            "grid_code",
            postgresql_ops={"grid_code": PREFIX},
        ),
        Index(
            "uq_recruitment_application_open",
            "grid_code",
            "applicant_digest",
            unique=True,
            postgresql_where=text("state in ('open', 'approved')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    grid_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    """The vacancy it would fill."""
    form: Mapped[RecruitmentForm] = mapped_column(words(RecruitmentForm, "recruitment_form"))
    applicant: Mapped[Any] = mapped_column(Sealed(APPLICANT), nullable=True)
    """name, phone, born, residence, insurance_months, education, attested, bars, form's result;
    null once erased."""
    applicant_digest: Mapped[bytes] = mapped_column(Blind(APPLICANT))
    """Of name and phone: the same applicant is not applied for twice at once."""
    applied_on: Mapped[date]
    applied_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    applied_at: Mapped[datetime]
    eligibility: Mapped[dict[str, Any]]
    """The finding of HIRE-2: which conditions were judged, which failed; no personal facts."""
    state: Mapped[ApplicationState] = mapped_column(words(ApplicationState, "application_state"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("worker.id"))
    """Once signed."""
    closed_at: Mapped[datetime | None]


class Contract(Base):
    """A contract between a community and a full-time worker (一(二)1, HIRE-3)."""

    __tablename__ = "contract"
    __table_args__ = (
        ExcludeConstraint(
            ("worker_id", "="), (text(IN_FORCE_OVER), "&&"), name="ex_contract_worker_id_span"
        ),
        Index("ix_contract_worker_id", "worker_id"),
        Index(
            "ix_contract_community_code",
            "community_code",
            postgresql_ops={"community_code": PREFIX},
        ),
        CheckConstraint("(last_day is null) = (end_cause is null)", name="ended"),
        CheckConstraint("last_day >= first_day", name="last_day"),
        CheckConstraint("term_ends_on >= first_day", name="term"),
        CheckConstraint("retires_on >= first_day", name="retires"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    origin: Mapped[ContractOrigin] = mapped_column(words(ContractOrigin, "contract_origin"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("recruitment_application.id"))
    renews: Mapped[UUID | None] = mapped_column(ForeignKey("contract.id"))
    signed_on: Mapped[date]
    first_day: Mapped[date]
    term_ends_on: Mapped[date | None]
    """The last date of a fixed term; none where it runs until retirement."""
    born: Mapped[Any] = mapped_column(Sealed("contract"))
    """The worker's date of birth, as the contract says it."""
    retirement_post: Mapped[RetirementPost] = mapped_column(
        words(RetirementPost, "retirement_post")
    )
    retires_on: Mapped[date]
    """By the table in force; the last date of the contract at the latest (HIRE-3)."""
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    last_day: Mapped[date | None]
    """The last date, once it is known that it ends or ended."""
    end_cause: Mapped[ContractEnd | None] = mapped_column(words(ContractEnd, "contract_end"))
    end_reason: Mapped[str | None]
    end_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("approval_case.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class Resignation(Base):
    """A worker resigns in writing and in advance (CON-4)."""

    __tablename__ = "resignation"
    __table_args__ = (
        Index("ix_resignation_worker_id", "worker_id"),
        Index(
            "uq_resignation_open",
            "worker_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("worker.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    said: Mapped[str]
    last_day: Mapped[date]
    """The last date the worker wants to serve."""
    asked_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[ApplicationState] = mapped_column(words(ApplicationState, "resignation_state"))
    """open, approved, refused or withdrawn."""
