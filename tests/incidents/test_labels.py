"""Whatever figures are told apart by has a name in both languages."""

from app.incidents.labels import FIXED
from app.rules.field_records import Severity
from app.rules.incidents import State
from app.rules.tiers import Tier


def test_every_tier_state_and_severity_is_named_once() -> None:
    known = [*Tier, *State, *Severity]
    assert set(FIXED) == set(known)
    assert len(FIXED) == len(known)
    assert len({words.zh for words in FIXED.values()}) == len(known)
