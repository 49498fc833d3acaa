"""Yardstick (b): what is written first. Pydantic, the ORM, a row a fix, a commit a request."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import BigInteger, DateTime, Identity, Index, create_engine
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    """The naive tables."""


class NaiveFix(Base):
    """A row a fix."""

    __tablename__ = "naive_fix"
    __table_args__ = (Index("ix_naive_fix_device", "device_id", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    batch_id: Mapped[UUID]
    device_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy: Mapped[float]
    speed: Mapped[float]


class NaiveCheckIn(Base):
    """A row a sign-in, with the columns of ours."""

    __tablename__ = "naive_check_in"
    __table_args__ = (Index("ix_naive_check_in_worker", "worker_id", "captured_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID]
    captured_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    boot_id: Mapped[str | None]
    elapsed_ms: Mapped[int | None] = mapped_column(BigInteger)
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float]
    mocked: Mapped[bool]
    because: Mapped[dict[str, Any]] = mapped_column(JSONB)


class BatchIn(BaseModel):
    """Sixty fixes in columns."""

    batch_id: UUID
    t: list[int]
    lon: list[float]
    lat: list[float]
    accuracy: list[float]
    speed: list[float]


class Position(BaseModel):
    """Where the handset was."""

    lon: float
    lat: float
    accuracy_m: float
    mocked: bool = False


class CheckInIn(BaseModel):
    """A sign-in; what else the handset says is not looked at."""

    id: UUID
    captured_at: datetime
    boot_id: str | None = None
    elapsed_ms: int | None = None
    body: Position


class Stored(BaseModel):
    """What was stored."""

    id: UUID
    stored: int


def session() -> Iterator[Session]:
    """A session a request."""
    with SESSIONS() as made:
        yield made


Db = Annotated[Session, Depends(session)]
ENGINE = create_engine(
    "postgresql+psycopg://" + os.environ.get("DATABASE_URL", "x://").partition("://")[2],
    pool_size=10,
    max_overflow=10,
)
SESSIONS = sessionmaker(ENGINE)


def application() -> FastAPI:
    """The application, as uvicorn's workers build it."""
    app = FastAPI()
    app.post("/v1/tracks")(store)
    app.post("/v1/check-ins", status_code=201)(check_in)
    app.get("/healthz")(healthy)
    return app


def store(db: Db, batch: BatchIn) -> Stored:
    """A row for each fix."""
    columns = zip(batch.t, batch.lon, batch.lat, batch.accuracy, batch.speed, strict=True)
    db.add_all(
        NaiveFix(
            batch_id=batch.batch_id,
            device_id=batch.batch_id,
            at=datetime.fromtimestamp(t / 1000, UTC),
            lon=lon,
            lat=lat,
            accuracy=accuracy,
            speed=speed,
        )
        for t, lon, lat, accuracy, speed in columns
    )
    db.commit()
    return Stored(id=batch.batch_id, stored=len(batch.t))


def check_in(db: Db, sign_in: CheckInIn) -> Stored:
    """One row, as it came."""
    db.add(
        NaiveCheckIn(
            id=sign_in.id,
            worker_id=sign_in.id,
            captured_at=sign_in.captured_at,
            received_at=sign_in.captured_at,
            boot_id=sign_in.boot_id,
            elapsed_ms=sign_in.elapsed_ms,
            lon=sign_in.body.lon,
            lat=sign_in.body.lat,
            accuracy_m=sign_in.body.accuracy_m,
            mocked=sign_in.body.mocked,
            because={"rule": "none"},
        )
    )
    db.commit()
    return Stored(id=sign_in.id, stored=1)


def healthy() -> dict[str, str]:
    """An empty request."""
    return {}
