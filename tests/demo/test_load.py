"""The demo city in the database: complete, said to be invented, the same for the same seed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pyotp
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from app.cli import cli
from app.db import schema
from app.db.engine import make_engine, make_sessions
from app.db.models import Account
from app.demo import load as demo
from app.demo.load import Occupancy
from app.people.passwords import is_strong, verify_password
from app.people.second_factor import judge_code
from app.people.sign_in_refusals import WrongCode
from app.settings import Settings

Loaded = tuple[Settings, Mapping[str, int]]
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
SAMPLES = Path(__file__).parent.parent / "people" / "import"
WORKERS = 1450
DIGEST = """
select md5(string_agg(line, ',' order by line)) from (
  select id::text || name as line from worker
  union all select id::text || grid_code || valid::text || first_responsible::text from assignment
  union all select unit_code || st_astext(area) from boundary
  union all select id::text || phone || array_to_string(roles, '+') from account) lines
"""


def quiet(step: str) -> None:
    """No one watches."""
    del step


@pytest.fixture(scope="module")
def loaded(server: Settings) -> Iterator[Loaded]:
    """A database of its own with the demo city in it."""
    with schema.scratch_database(server, "test_demo") as fresh:
        schema.upgrade(fresh)
        assert demo.occupancy(fresh) is Occupancy.NOTHING
        yield fresh, demo.load(fresh, 7, WORKERS, NOW, quiet)


def ask(settings: Settings, query: str) -> object:
    """One value of the database."""
    with psycopg.connect(settings.libpq_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_everything_is_written(loaded: Loaded) -> None:
    settings, rows = loaded
    assert demo.occupancy(settings) is Occupancy.DEMO
    assert ask(settings, "select count(*) from unit where tier = 'township'") == 37
    assert ask(settings, "select count(*) from unit where tier = 'community'") == 468
    assert rows["station"] == 468
    assert ask(settings, "select count(*) from worker where level = 1") == WORKERS
    assert ask(settings, "select count(*) from account where worker_id is not null") == WORKERS
    assert ask(settings, "select count(*) from boundary where not st_isvalid(area)") == 0


def test_boundaries_below_the_city_say_that_they_are_invented(
    loaded: Loaded,
) -> None:
    honest = (
        "select count(*) from boundary where (source like '%invented%') = (unit_code = '510185')"
    )
    assert ask(loaded[0], honest) == 0


def test_the_national_calendar_is_seeded_to_its_last_known_date(
    loaded: Loaded,
) -> None:
    settings, _ = loaded
    assert ask(settings, "select min(day) from calendar_day") == date(2017, 9, 1)
    assert ask(settings, "select max(day) from calendar_day") == date(2026, 12, 31)
    # A holiday on a Thursday, and the Sunday before it worked instead.
    assert ask(settings, "select working from calendar_day where day = '2026-10-01'") is False
    assert ask(settings, "select working from calendar_day where day = '2026-09-20'") is True


def test_a_demo_account_opens_with_the_printed_password(
    loaded: Loaded,
) -> None:
    settings, _ = loaded
    roles = {account.role for account in demo.shown_accounts(settings)}
    assert roles >= {"worker", "station_lead", "auditor"}
    hashes = ask(settings, "select count(distinct password_hash) from account")
    assert hashes == 1
    kept = ask(settings, "select password_hash from account limit 1")
    assert verify_password(str(kept), demo.PASSWORD)
    assert is_strong(demo.PASSWORD)


def test_office_accounts_have_the_printed_second_factor(loaded: Loaded) -> None:
    settings, _ = loaded
    without = "select count(*) from account where (totp_secret is null) = (worker_id is null)"
    assert ask(settings, without) == 0
    engine = make_engine(settings)
    with make_sessions(engine)() as session:
        lead = session.scalars(select(Account).where(Account.roles.contains(["auditor"]))).one()
        code = pyotp.TOTP(demo.TOTP_SECRET).at(NOW)
        assert judge_code(lead, code, settings.secret, NOW) is None
        assert isinstance(judge_code(lead, "000000", settings.secret, NOW), WrongCode)
    engine.dispose()


def test_the_same_seed_is_the_same_city(loaded: Loaded) -> None:
    settings, _ = loaded
    before = ask(settings, DIGEST)
    demo.load(settings, 7, WORKERS, NOW, quiet)
    assert ask(settings, DIGEST) == before
    demo.load(settings, 8, WORKERS, NOW, quiet)
    assert ask(settings, DIGEST) != before


def test_the_demo_stands_in_the_way_of_an_import_until_it_is_removed(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _ = loaded
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    units = str(SAMPLES / "units.csv")
    refused = CliRunner().invoke(cli, ["import", units])
    assert refused.exit_code == 1
    assert "demo --remove" in refused.output
    assert demo.occupancy(settings) is Occupancy.DEMO
    assert ask(settings, "select count(*) from outbox_event where name = 'city.imported'") == 0
    removed = CliRunner().invoke(cli, ["demo", "--remove", "--yes"])
    assert removed.exit_code == 0, removed.output
    assert demo.occupancy(settings) is Occupancy.NOTHING
    assert ask(settings, "select count(*) from account") == 0


def test_a_city_of_ones_own_is_not_overwritten(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.database_url)
    assert demo.occupancy(database) is Occupancy.OWN_CITY
    answer = CliRunner().invoke(cli, ["demo", "--yes"])
    assert answer.exit_code == 1
    assert "--force" in answer.output
    assert ask(database, "select count(*) from unit where tier = 'community'") == 3
    answer = CliRunner().invoke(cli, ["demo", "--if-empty"])
    assert answer.exit_code == 0
    assert ask(database, "select count(*) from unit where tier = 'community'") == 3
