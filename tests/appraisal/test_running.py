"""The month of a whole city, and again; and each settled month at night (APR-1, 五1)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.appraisal.computing import compute_months
from app.appraisal.running import Ran, appraise_last_month, batches_of, communities_of, run
from app.cli import cli
from app.db.engine import make_engine, make_sessions
from app.db.models import AppraisalMonth, MonthAppraisal
from app.rules.appraisal import MonthState
from app.settings import Settings
from tests.appraisal.facts import COMMUNITY, GRID, LAST, MONTH, NEIGHBOUR, SETTLED, StationMonth

ELSEWHERE = "510185001002"
A_DAY = timedelta(days=1)


def test_apr_1_a_run_again_doubles_nothing_and_leaves_what_was_decided(
    full: StationMonth, database: Settings
) -> None:
    engine = make_engine(database)
    sessions = make_sessions(engine)
    with sessions() as session:
        batches = batches_of(communities_of(session, "510185"))
    assert batches == [[COMMUNITY, ELSEWHERE], ["510185002001"]]
    first = sum(run(sessions, batches, MONTH, SETTLED), Ran())
    assert first == Ran(communities=3, workers=6, decided=0)
    assert appraise_last_month(sessions, SETTLED) == Ran()
    with sessions.begin() as session:
        row = session.get_one(AppraisalMonth, (COMMUNITY, MONTH))
        row.state, row.confirmed_at = MonthState.CONFIRMED, SETTLED
    again = sum(run(sessions, batches, MONTH, SETTLED + timedelta(hours=1)), Ran())
    assert again == Ran(communities=3, workers=3, decided=1)
    with sessions() as session:
        months = session.scalars(select(MonthAppraisal)).all()
        assert len({row.worker_id for row in months}) == len(months) == 6
        kept = [row for row in months if row.community_code == COMMUNITY]
        assert {row.computed_at for row in kept} == {SETTLED}
    engine.dispose()


def test_apr_1_a_month_is_appraised_at_night_once_it_has_settled(
    full: StationMonth, database: Settings
) -> None:
    full.handset(GRID, MONTH)
    full.handset(ELSEWHERE + "001", MONTH)
    full.handset("510185002001001", MONTH)
    full.db.commit()
    engine = make_engine(database)
    sessions = make_sessions(engine)
    assert appraise_last_month(sessions, SETTLED - timedelta(days=1)) == Ran()
    with sessions.begin() as session:
        compute_months(session, [COMMUNITY], MONTH, SETTLED - timedelta(days=1))
    assert appraise_last_month(sessions, SETTLED).workers == 6
    engine.dispose()


@pytest.mark.parametrize(("bound_on", "appraised"), [(LAST, 3), (LAST + A_DAY, 0)])
def test_apr_1_where_nobody_had_a_handset_yet_no_night_appraises(
    full: StationMonth, database: Settings, bound_on: date, appraised: int
) -> None:
    full.handset(NEIGHBOUR, bound_on)
    full.db.commit()
    engine = make_engine(database)
    sessions = make_sessions(engine)
    assert appraise_last_month(sessions, SETTLED).workers == appraised
    batches = [[COMMUNITY]]
    assert sum(run(sessions, batches, MONTH, SETTLED), Ran()).workers == 3
    engine.dispose()


def test_apr_1_the_command_names_what_it_did(
    full: StationMonth, database: Settings, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(database.database_url))
    ran = CliRunner().invoke(cli, ["appraise", "--month", "2026-03", "--unit", COMMUNITY])
    assert "3 workers of 1 communities" in ran.output, ran.output
    assert len(db.scalars(select(MonthAppraisal)).all()) == 3
    assert CliRunner().invoke(cli, ["appraise", "--month", "2026-3x"]).exit_code == 2
