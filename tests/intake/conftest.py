"""A worker's handset, signed in."""

import pytest

from tests.conftest import SignedIn
from tests.intake.handset import Handset


@pytest.fixture
def handset(client: SignedIn) -> Handset:
    """The handset of the first grid's worker."""
    return Handset(client)
