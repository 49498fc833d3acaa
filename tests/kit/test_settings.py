"""What the environment decides."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_IMODE

import pytest
from pydantic import ValidationError

from app.settings import Settings


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(
            pool.map(
                lambda _: Settings(database_url="postgresql:///x", state_dir=tmp_path).secret,
                range(64),
            )
        )
    assert len(made) == 1
    assert len(made.pop()) >= 48
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_given_key_is_used_and_none_is_made(tmp_path: Path) -> None:
    given = Settings(database_url="postgresql:///x", state_dir=tmp_path, secret_key="k" * 40)
    assert given.secret == b"k" * 40
    assert not list(tmp_path.iterdir())


def test_a_key_that_could_be_guessed_is_refused_and_a_good_one_is_never_shown() -> None:
    for short in ("", "k" * 31):
        with pytest.raises(ValidationError, match="secret_key"):
            Settings(database_url="postgresql:///x", secret_key=short)
    shown = repr(Settings(database_url="postgresql://me:pw@db/x", secret_key="k" * 32))
    assert "kkk" not in shown
    assert "pw" not in shown


@pytest.mark.parametrize("written", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_may_be_written_as_any_tool_writes_it(written: str) -> None:
    settings = Settings(database_url=f"{written}://me:p%40ss@db:5433/grid?sslmode=require")
    assert settings.libpq_url == "postgresql://me:p%40ss@db:5433/grid?sslmode=require"
    assert settings.sqlalchemy_url.startswith("postgresql+psycopg://me:p%40ss@db:5433/grid")


def test_a_service_in_earnest_cannot_be_told_the_time(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="GRID_DEMO"):
        Settings(database_url="postgresql:///x", clock_file=tmp_path / "clock")
