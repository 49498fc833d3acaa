"""`python3 -m app payroll`, and a payroll that the system computed goes its way (PAY-4)."""

from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from app.cli import cli
from app.db.models import ApprovalStep
from app.kit import clock
from app.settings import Settings
from tests.pay.desk import CENTRE, MARCH, PayDesk, after


def test_pay_4_computed_by_the_system_taken_by_the_centre_through_the_case(
    desk: PayDesk, database: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.database_url)
    desk.standards()
    desk.appraised(MARCH)
    file = tmp_path / "clock"
    file.write_text(after(MARCH).isoformat(), "ascii")
    clock.follow(file)
    try:
        said = CliRunner().invoke(cli, ["payroll", "--month", "2026-03"])
        early = CliRunner().invoke(cli, ["payroll", "--month", "2026-04"])
    finally:
        clock.follow(None)
    assert (said.exit_code, "6 workers, 20400.00 yuan, computed" in said.output) == (0, True)
    assert (early.exit_code, "pay.month_open" in early.output) == (1, True)
    shown = desk.get("/payrolls/2026-03").json()
    assert shown["computed_by"] is None
    path = f"/approvals/{shown['case_id']}/steps"
    for step in (1, 2):
        word = {"step": step, "outcome": "passed", "seen": {"digest": shown["digest"]}}
        answer = desk.post(path, word)
        assert answer.status_code == 200, answer.text
    assert desk.get("/payrolls/2026-03").json()["state"] == "approved"
    steps = desk.db.scalars(select(ApprovalStep).order_by(ApprovalStep.number)).all()
    assert {step.taken_by for step in steps} == {desk.account(CENTRE)}
    assert [step.facts for step in steps] == [{"digest": shown["digest"]}] * 2
