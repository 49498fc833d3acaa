"""What keeps an installation going: jobs, and the schema of this release."""

from rich.console import Console

from app.api.observation import configure_logs
from app.db import schema
from app.db.engine import make_engine, make_sessions
from app.incidents.commands import adopt_events
from app.jobs import worker
from app.kit import clock
from app.patrol.partitions import ensure_partitions
from app.settings import Settings

console = Console()


def work() -> None:
    """Do what falls due without anybody asking; any number of workers share it."""
    settings = Settings()
    configure_logs(settings.log_level)
    worker.run(settings)


def migrate() -> None:
    """Bring the database's schema to this release."""
    settings = Settings()
    console.print(f"schema at {schema.upgrade(settings)}")
    engine = make_engine(settings)
    with engine.begin() as connection:
        made = ensure_partitions(connection, clock.now()).made
    console.print(f"{len(made)} months of tracks made ready")
    adopted = adopt_events(make_sessions(engine), clock.now())
    console.print(f"{adopted} events of an earlier release opened")


def check_migrations() -> None:
    """Build a fresh database by migrations alone and compare it with the models."""
    schema.check(Settings())
    console.print("migrations build exactly what the models say")


def new_epoch() -> None:
    """After a restore: handsets send their last 30 days again, pull cursors start anew."""
    console.print(f"server epoch {schema.new_epoch(Settings())}")
