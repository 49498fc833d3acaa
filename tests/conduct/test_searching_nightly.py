"""What happens by itself: yesterday's dates, the month that settled, and what stands (CON)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.cli import cli
from app.conduct.evidence import look_again
from app.conduct.searching import search, search_nightly
from app.conduct.shown import evidence_of
from app.db.engine import Sessions
from app.db.models import Assignment, ConductDetection, ConductProposal, Posting
from app.rules.conduct import ProposalState
from app.settings import Settings
from tests.appraisal.facts import COMMUNITY, MONTH, SETTLED
from tests.conduct.month import SearchedMonth

FRIDAY = date(2026, 3, 20)
NIGHT = datetime.fromisoformat("2026-03-21T02:50:00+08:00")
UNSETTLED = datetime.fromisoformat("2026-04-03T02:50:00+08:00")
LATER = SETTLED + timedelta(days=1)


def states(month: SearchedMonth) -> list[tuple[str, ProposalState]]:
    """Of all proposals, by ground."""
    month.db.rollback()
    month.db.expire_all()
    rows = month.db.scalars(select(ConductProposal))
    return sorted((row.ground.value, row.state) for row in rows)


def test_con_by_night_dates_at_once_and_months_once_they_settled(
    month: SearchedMonth, sessions: Sessions
) -> None:
    searched = select(ConductDetection.month)
    month.bare(FRIDAY)
    survey = month.survey(FRIDAY, 100, 80)
    month.db.commit()
    assert [search_nightly(sessions, NIGHT), search_nightly(sessions, NIGHT)] == [1, 0]
    assert states(month) == [("B1", ProposalState.PROPOSED)]
    assert search_nightly(sessions, UNSETTLED) == 0
    assert set(month.db.scalars(searched)) == {date(2026, 2, 1)}
    assert search_nightly(sessions, SETTLED) == 1
    assert states(month) == [("B1", ProposalState.PROPOSED), ("B6", ProposalState.PROPOSED)]
    survey.withdrawn_at = SETTLED
    month.db.merge(survey)
    month.db.commit()
    assert search_nightly(sessions, LATER) == 0
    assert states(month) == [("B1", ProposalState.PROPOSED), ("B6", ProposalState.LAPSED)]
    assert set(month.db.scalars(searched)) == {date(2026, 2, 1), MONTH}


def test_con_b6_a_survey_that_is_recorded_after_its_month_was_searched(
    month: SearchedMonth, sessions: Sessions
) -> None:
    month.survey(FRIDAY, 100, 100)
    month.db.commit()
    assert search_nightly(sessions, SETTLED) == 0
    late = month.survey(date(2026, 3, 31), 100, 70)
    late.recorded_at = SETTLED + timedelta(days=27)
    month.db.commit()
    assert search_nightly(sessions, SETTLED + timedelta(days=28)) == 1
    assert states(month) == [("B6", ProposalState.PROPOSED)]
    assert search_nightly(sessions, SETTLED + timedelta(days=29)) == 0


def test_con_a_community_that_everybody_left_answers_for_the_month_before(
    month: SearchedMonth, sessions: Sessions
) -> None:
    for table in (Posting, Assignment):
        month.db.execute(update(table).values(valid=Range(date(2026, 1, 1), date(2026, 4, 1))))
    month.survey(FRIDAY, 100, 80)
    month.db.commit()
    assert search_nightly(sessions, SETTLED) == 1
    assert states(month) == [("B6", ProposalState.PROPOSED)]


def test_con_a_search_that_was_interrupted_goes_on_and_doubles_nothing(
    month: SearchedMonth, sessions: Sessions
) -> None:
    for grid in ("510185001001001", "510185001002001", "510185002001001"):
        month.survey(FRIDAY, 100, 80, grid)
    month.db.commit()
    heard: list[tuple[int, int]] = []

    def done(searched: int, of: int) -> None:
        heard.append((searched, of))
        if len(heard) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(sessions, "510185001", MONTH, SETTLED, done)
    assert search(sessions, "510185", MONTH, SETTLED, done) == 1
    assert heard == [(2, 2), (3, 3)]
    assert [ground for ground, _ in states(month)] == ["B6", "B6", "B6"]
    of_township = search(sessions, COMMUNITY[:9], MONTH, SETTLED, done)
    assert of_township == 0


def test_con_what_stands_is_looked_at_again_in_as_many_statements_for_many_as_for_one(
    month: SearchedMonth, sessions: Sessions
) -> None:
    grids = ("510185001001001", "510185001002001", "510185002001001")
    for grid in grids:
        month.survey(FRIDAY, 100, 80, grid)
    month.db.commit()
    assert search(sessions, "510185", MONTH, SETTLED, lambda *_: None) == 3
    proposals = month.db.scalars(select(ConductProposal)).all()
    asked = [statements_of(month.db, proposals[:count]) for count in (1, 3)]
    assert asked[0] == asked[1] > 0
    found = look_again(month.db, proposals)
    assert [found[one.id].digest for one in proposals] == [
        evidence_of(month.db, one).digest for one in proposals
    ]


def statements_of(db: Session, proposals: Sequence[ConductProposal]) -> int:
    """How many statements it takes to look at some again."""
    asked: list[str] = []

    def note(_: Connection, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(db.connection(), "before_cursor_execute", note)
    look_again(db, proposals)
    event.remove(db.connection(), "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (["--month", "2026-03"], 0, "1 proposals made anew"),
        (["--month", "2026-03", "--unit", "510185002"], 0, "0 proposals made anew"),
        (["--month", "2099-01"], 1, "2099-01 settles at 2099-02-04T00:00:00+08:00"),
        (["--month", "March"], 2, "Invalid value"),
    ],
)
def test_con_by_command(
    month: SearchedMonth, database: Settings, asked: list[str], code: int, said: str
) -> None:
    month.survey(FRIDAY, 100, 80)
    month.db.commit()
    done = CliRunner().invoke(cli, ["detect", *asked], env={"DATABASE_URL": database.database_url})
    assert (done.exit_code, said in done.output) == (code, True), done.output
