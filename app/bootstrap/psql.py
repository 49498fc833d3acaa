"""SQL through psql, for what has to happen before the application's own driver is there."""

import subprocess
from collections.abc import Sequence

from app.bootstrap.account import plain_environment
from app.bootstrap.postgres_binaries import client_program
from app.bootstrap.trouble import Trouble, please_type
from app.bootstrap.urls import DATABASE, on_database

MAINTENANCE = "postgres"


def client(name: str) -> str:
    program = client_program(name)
    if program is None:
        raise please_type(f"{name} is missing.", ["apt-get", "install", "postgresql-client"])
    return program


def ask(url: str, *statements: str) -> str:
    """Runs each statement by itself; answers the rows, one a line."""
    options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]
    commands = [word for s in statements for word in ("-c", s)]
    done = run_client("psql", [*options, *commands])
    if done.returncode != 0:
        raise Trouble(f"The database refused: {done.stderr.strip()}")
    return done.stdout.strip()


def run_client(name: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [client(name), *arguments],
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def exists(url: str, database: str) -> bool:
    query = f"SELECT 1 FROM pg_database WHERE datname = {literal(database)}"  # noqa: S608
    return ask(on_database(url, MAINTENANCE), query) == "1"


def ensure_database(url: str, database: str = DATABASE) -> None:
    if not exists(url, database):
        create_database(url, database)


def create_database(url: str, database: str) -> None:
    statement = f"CREATE DATABASE {identifier(database)} TEMPLATE template0"
    ask(on_database(url, MAINTENANCE), statement)


def drop_database(url: str, database: str) -> None:
    statement = f"DROP DATABASE IF EXISTS {identifier(database)} WITH (FORCE)"
    ask(on_database(url, MAINTENANCE), statement)
