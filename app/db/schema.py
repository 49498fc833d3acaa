"""The schema's life: upgraded, checked, started anew after a restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import create_engine, make_url, pool

from app.kit import clock
from app.kit.ids import uuid7
from app.settings import ROOT, Settings


def config(url: str) -> Config:
    """Alembic's configuration for one database."""
    made = Config(str(ROOT / "alembic.ini"))
    made.attributes["url"] = url
    return made


def upgrade(settings: Settings) -> str | None:
    """Run what migrations are missing; returns the revision reached."""
    command.upgrade(config(settings.sqlalchemy_url), "head")
    engine = create_engine(settings.sqlalchemy_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check(settings: Settings) -> None:
    """Migrate a fresh database and raise if the models say otherwise."""
    with scratch_database(settings) as fresh:
        upgrade(fresh)
        command.check(config(fresh.sqlalchemy_url))


@contextmanager
def scratch_database(settings: Settings, prefix: str = "scratch") -> Iterator[Settings]:
    """An empty database on the same server, dropped at the end."""
    name = f"{prefix}_{uuid7(clock.now()).hex}"
    with psycopg.connect(settings.libpq_url, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        try:
            fresh = make_url(settings.libpq_url).set(database=name)
            yield Settings(database_url=fresh.render_as_string(hide_password=False))
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def new_epoch(settings: Settings) -> UUID:
    """A new server epoch, and an empty feed: another server's transaction ids mean nothing."""
    epoch = uuid7(clock.now())
    with psycopg.connect(settings.libpq_url) as connection:
        connection.execute("truncate change")
        connection.execute("delete from server_epoch")
        connection.execute(
            "insert into server_epoch (epoch, since) values (%s, %s)", (epoch, clock.now())
        )
    return epoch
