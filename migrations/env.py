"""Runs migrations beside running code: short lock waits, one transaction."""

import re
from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool, text

from app.db.models import Base
from app.settings import Settings

OTHERS = re.compile(r"spatial_ref_sys|procrastinate_.*|track_batch_.+")
"""Tables that are not models: PostGIS's own, the job queue's, and the partitions of tracks."""


def ours(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Whether autogenerate looks at a thing."""
    if kind == "table" and name and OTHERS.fullmatch(name):
        return False
    return bool(alembic_helpers.include_object(thing, name, kind, reflected, compared))


def run() -> None:
    """Bring the database of DATABASE_URL to the wanted revision."""
    url = context.config.attributes.get("url") or Settings().sqlalchemy_url
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("set lock_timeout = '5s'"))
        connection.execute(text("set statement_timeout = '10min'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=ours,
            render_item=alembic_helpers.render_item,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
