"""A year of fifty workers."""

from app.settings import Settings
from tests.year.people import HIRED_BEFORE, JOINED
from tests.year.town import Town


def test_the_year_is_written(written: tuple[Settings, Town]) -> None:
    """All but those whom the service hires, and one part-time worker."""
    assert len(written[1].workers) == HIRED_BEFORE + len(JOINED) + 1
