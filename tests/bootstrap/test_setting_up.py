"""Python packages, progress and the summary."""

import io
import re
import time
from pathlib import Path

import pytest

from app.bootstrap.checkout import Checkout
from app.bootstrap.checks import Outcome, summary
from app.bootstrap.packages import postgres_packages
from app.bootstrap.postgres_binaries import installed
from app.bootstrap.progress import Progress, spent
from app.bootstrap.python_env import ensure_virtualenv, missing_requirements
from app.bootstrap.trouble import Trouble, please_type


def test_a_virtual_environment_follows_its_list(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "a b")
    checkout.make_var()
    wanted = checkout.root / "requirements.txt"
    wanted.write_text("# nothing yet\n", encoding="utf-8")
    ensure_virtualenv(checkout, ("requirements.txt",))
    assert checkout.python.exists()
    assert missing_requirements(checkout, ("requirements.txt",)) == ()
    wanted.write_text("# something else\n", encoding="utf-8")
    assert missing_requirements(checkout, ("requirements.txt",)) == ("requirements.txt",)
    wanted.write_text("typer==0.1\n", encoding="utf-8")
    with pytest.raises(Trouble, match="could not be installed"):
        ensure_virtualenv(checkout, ("requirements.txt",))
    assert missing_requirements(checkout, ("requirements.txt",)) == ("requirements.txt",)


def test_pinned_lists_have_hashes_and_name_no_index() -> None:
    root = Path(__file__).resolve().parents[2]
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (root / name).read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert lines
        assert all(re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line) for line in lines)
        assert "://" not in text


def test_each_step_shows_its_number_and_time() -> None:
    shown = io.StringIO()
    progress = Progress(2, stream=shown)
    with progress.step("First"):
        pass
    with progress.step("Second", loud=True):
        progress.say("words")
    assert re.fullmatch(
        r"\[1/2\] First … 0\.\d s\n\[2/2\] Second …\nwords\n\[2/2\] Second … 0\.\d s\n",
        shown.getvalue(),
    )


def test_a_terse_one_says_only_what_took_long() -> None:
    shown = io.StringIO()
    progress = Progress(2, terse=True, stream=shown)
    with progress.step("Short"):
        pass
    with progress.step("Long"):
        time.sleep(1.05)
    assert re.fullmatch(r"\[2/2\] Long … 1\.\d s\n", shown.getvalue())


def test_a_failed_step_is_shown_as_stopped() -> None:
    shown = io.StringIO()
    progress = Progress(1, stream=shown)
    with pytest.raises(Trouble), progress.step("First"):
        raise Trouble("no room")
    assert "First … stopped after 0." in shown.getvalue()


@pytest.mark.parametrize(("seconds", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (10, "10 s")])
def test_times_are_short(seconds: float, text: str) -> None:
    assert spent(seconds) == text


def test_the_summary_names_all_that_failed() -> None:
    outcomes = [Outcome("format", 0, 0.2), Outcome("types", 1, 31), Outcome("pytest", 5, 2)]
    assert summary(outcomes) == "FAILED: types, pytest (format 0.2 s, types 31 s, pytest 2.0 s)"
    assert summary(outcomes[:1]) == "All checks are green (format 0.2 s)"


def test_a_person_is_told_the_exact_command() -> None:
    trouble = please_type("PostGIS is missing.", ["apt-get", "install", "a b"])
    assert "\n    apt-get install 'a b'\n" in str(trouble)
    assert "Please type as root:" in str(trouble)
    assert trouble.exit_code == 2
    assert "Please type:" in str(please_type("PostGIS is missing.", ["sudo", "true"]))


def test_a_server_without_postgis_lacks_only_that() -> None:
    newest = max(b.major for b in installed())
    assert postgres_packages(None, 99) == [f"postgresql-{newest}-postgis-3"]
    assert postgres_packages(98, 99) == ["postgresql-98", "postgresql-98-postgis-3"]
