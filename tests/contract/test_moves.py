"""How handsets count events, against the table of the rules: no walk tells the two apart."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.field_records import Severity
from app.rules.incidents import Act, Actor, Reporter, Situation, State, judge_act
from app.rules.tiers import Tier
from mobile_contract.handset.moves import TIERS, Said, Stand, after, begun, fits

ACTS = (
    "take_up",
    "escalate",
    "hand_down",
    "return",
    "ask_help",
    "ask_extension",
    "decide_extension",
    "close",
    "follow_up",
    "verify",
    "withdraw",
    "find_false",
    "link_duplicate",
)
SAID = st.builds(
    Said,
    tier=st.sampled_from(TIERS),
    act=st.sampled_from(ACTS),
    score=st.sampled_from(("satisfied", "mostly", "not")),
)
REPORTS = st.fixed_dictionaries(
    {
        "severity": st.sampled_from(("general", "major")),
        "reporter": st.sampled_from(("worker", "resident", "organisation")),
        "straight_to_centre": st.booleans(),
    }
)


def situation(stand: Stand) -> Situation:
    """The same as the rules have it."""
    return Situation(
        state=State(stand.state),
        severity=Severity.MAJOR if stand.major else Severity.GENERAL,
        held_by=frozenset(map(Tier, stand.held)),
        came_from={
            Tier(tier): None if sent is None else Tier(sent)
            for tier, sent in stand.came_from.items()
            if tier in stand.held
        },
        taken_up_by=frozenset(map(Tier, stand.taken_up)),
        extension_asked_by=frozenset(map(Tier, stand.extended)),
        extension_open_of=frozenset(map(Tier, stand.waits)),
        reporter=Reporter.RESIDENT if stand.asked_afterwards else Reporter.WORKER,
    )


@settings(max_examples=300)
@given(REPORTS, st.lists(SAID, max_size=40))
def test_evt_1_what_fits_is_what_the_table_allows(
    report: dict[str, object], walk: list[Said]
) -> None:
    stand = begun(report)
    for said in walk:
        actor = Actor(Tier(said.tier), is_reporter=said.tier == "grid")
        move = judge_act(situation(stand), actor, Act(said.act))
        assert fits(stand, said) == (move is not None), (stand, said)
        if move is not None:
            stand = after(stand, said)
        assert bool(stand.held) == stand.is_open


def test_evt_2_a_major_event_is_with_community_and_township_at_once() -> None:
    assert begun({"severity": "major"}).held == {"community", "township"}
    straight = begun({"severity": "major", "straight_to_centre": True})
    assert straight.held == {"community", "township", "centre"}
    assert begun({"severity": "general"}).held == {"grid"}


def test_evt_4_a_failed_verification_reopens_once_at_the_tier_that_closed_it() -> None:
    stand = begun({"severity": "general"})
    walk = [("grid", "escalate"), ("community", "close"), ("grid", "verify")]
    for tier, act in walk:
        stand = after(stand, Said(tier, act, score="not"))
    assert (stand.state, stand.held, stand.reopened) == ("held", frozenset({"community"}), True)
    for tier, act in walk[1:]:
        stand = after(stand, Said(tier, act, score="not"))
    assert (stand.state, stand.held, stand.score) == ("verified", frozenset(), "not")
