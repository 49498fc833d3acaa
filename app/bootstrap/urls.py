"""Addresses of databases in libpq's form."""

import os
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

DATABASE = "jianyang"
OWNER = "jianyang"
PORT = 5432


def private_url(socket_dir: Path, database: str = DATABASE) -> str:
    """On the private cluster's socket; spaces and other letters in the path are escaped."""
    return f"postgresql:///{database}?host={quote(str(socket_dir))}&port={PORT}&user={OWNER}"


def given_url() -> str | None:
    """What DATABASE_URL names; then there is no private cluster."""
    url = os.environ.get("DATABASE_URL", "").strip()
    return libpq_url(url) if url else None


def libpq_url(url: str) -> str:
    """Without SQLAlchemy's driver name, which libpq does not know."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}{separator}{rest}"


def database_of(url: str) -> str:
    return unquote(urlsplit(url).path.removeprefix("/"))


def on_database(url: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{quote(database)}{query}"


def without_password(url: str) -> str:
    """Fit to be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":***@", 1)
