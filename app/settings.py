"""What the environment decides: one small frozen object."""

import os
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Read from the environment: `DATABASE_URL`, and the rest with `GRID_` before the name."""

    model_config = SettingsConfigDict(env_prefix="GRID_", frozen=True, populate_by_name=True)

    database_url: str = Field(validation_alias="DATABASE_URL", repr=False)
    state_dir: Path = ROOT / "var"
    secret_key: str | None = Field(default=None, min_length=32, repr=False)
    jobs: bool = True
    log_level: str = "INFO"
    pool_size: int = Field(default=10, ge=2)
    requests_per_minute: int = Field(default=600, ge=1)
    minimum_app_version: str = "1.0.0"
    require_second_factor: bool = True
    media_max_bytes: int = Field(default=10 * 1024 * 1024, ge=1)
    media_store: str | None = Field(
        default=None, pattern=r"^s3://[a-z0-9][a-z0-9.-]{2,62}(/[^?#]*)?$"
    )
    """`s3://bucket/prefix`; without it photos lie in the folder `media` of the state."""
    media_s3_endpoint: str | None = Field(default=None, pattern=r"^https?://[^/?#]+/?$")
    media_s3_region: str = "us-east-1"
    media_s3_access_key: str | None = Field(default=None, repr=False)
    media_s3_secret_key: str | None = Field(default=None, repr=False)
    demo: bool = False
    clock_file: Path | None = None
    """The instant that a simulation has reached; refused unless `demo` says what this server is."""

    @model_validator(mode="after")
    def only_a_demonstration_simulates_time(self) -> "Settings":
        """A service in earnest can't be told what time it is."""
        if self.clock_file is not None and not self.demo:
            raise ValueError("GRID_CLOCK_FILE is refused unless GRID_DEMO=true")
        return self

    @cached_property
    def sqlalchemy_url(self) -> str:
        """The database's address for SQLAlchemy, with the only driver used here."""
        return "postgresql+psycopg://" + self.database_url.partition("://")[2]

    @cached_property
    def libpq_url(self) -> str:
        """The database's address as libpq, psycopg and pg_dump read it."""
        return "postgresql://" + self.database_url.partition("://")[2]

    @cached_property
    def secret(self) -> bytes:
        """The key that signs tokens and encrypts second factors: outside the database."""
        if self.secret_key:
            return self.secret_key.encode()
        path = self.state_dir / "secret.key"
        if not path.exists():
            make_secret(path)
        return path.read_bytes()


def make_secret(path: Path) -> None:
    """Write a new secret whole or not at all; of two processes at once the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48), "ascii")
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
