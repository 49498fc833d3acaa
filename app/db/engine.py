"""The engine and its sessions."""

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.db.sealed import give_key
from app.settings import Settings

Sessions = sessionmaker[Session]


def make_engine(settings: Settings) -> Engine:
    """An engine whose connections speak UTC and give up on a lock after ten seconds.

    What it reports of a failed statement holds no values: among them are names and positions.
    """
    engine = create_engine(
        settings.sqlalchemy_url,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s"},
    )
    give_key(engine, settings.secret)
    return engine


def make_sessions(engine: Engine) -> Sessions:
    """Sessions that keep what they loaded after the commit."""
    return sessionmaker(engine, expire_on_commit=False)
