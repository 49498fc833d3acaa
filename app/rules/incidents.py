"""EVT-1, EVT-2, EVT-4: how an event travels grid, community, township, centre (二1, 二3, 二4, 二7).

The whole of it is the table `MOVES`: what an act at a tier makes of an event in a state. Whatever
is not in the table is refused, and the refusal lists what is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.field_records import Severity
from app.rules.tiers import Tier, above, below, rank

EVT_1 = Cite("EVT-1", "二3, 二4, 二7")
EVT_2 = Cite("EVT-2", "二7")
EVT_4 = Cite("EVT-4", "二1, 三(一)1 “4”")


class State(StrEnum):
    """Where an event stands."""

    HELD = "held"
    HANDLING = "handling"
    CLOSED = "closed"
    FOLLOWED_UP = "followed_up"
    VERIFIED = "verified"
    WITHDRAWN = "withdrawn"
    FALSE = "false"
    DUPLICATE = "duplicate"


OPEN = frozenset({State.HELD, State.HANDLING})
"""Some tier holds it, and its clock runs."""
NOT_COUNTED = frozenset({State.WITHDRAWN, State.FALSE, State.DUPLICATE})
"""EVT-5: they count for no quota and no figure of timeliness after their end."""


class Act(StrEnum):
    """What can be done to an event; each is a row that nobody can change."""

    REPORT = "report"
    TAKE_UP = "take_up"
    ESCALATE = "escalate"
    HAND_DOWN = "hand_down"
    RETURN = "return"
    ASK_HELP = "ask_help"
    GIVE_HELP = "give_help"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"
    REGRADE = "regrade"
    CLOSE = "close"
    FOLLOW_UP = "follow_up"
    VERIFY = "verify"
    WITHDRAW = "withdraw"
    FIND_FALSE = "find_false"
    LINK_DUPLICATE = "link_duplicate"
    UNLINK = "unlink"
    WITHDRAW_CARD = "withdraw_card"
    PLATFORM_WORD = "platform_word"
    """A platform's status or result, kept beside our own state and never in its place."""


class Reporter(StrEnum):
    """Who told the worker."""

    WORKER = "worker"
    """Found on patrol: nobody is left to be asked afterwards."""
    RESIDENT = "resident"
    ORGANISATION = "organisation"
    """A shop, a property manager, a school."""


class Score(StrEnum):
    """How the grid worker scores a closed event."""

    SATISFIED = "satisfied"
    MOSTLY = "mostly"
    NOT = "not"


class HopOutcome(StrEnum):
    """How a tier's hold of an event ended."""

    ESCALATED = "escalated"
    HANDED_DOWN = "handed_down"
    RETURNED = "returned"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    FALSE = "false"
    DUPLICATE = "duplicate"


class Standing(StrEnum):
    """What the one who acts must be to the event."""

    HOLDER = "holder"
    """Its tier holds the event now."""
    HIGHER = "higher"
    """Its tier stands above one that holds, or held, the event."""
    ANY = "any"
    """Its tier alone suffices."""
    REPORTER = "reporter"
    """The worker who reported it."""
    ALONE = "alone"
    """The worker who reported it, while no tier but the grid holds it."""
    LINKER = "linker"
    """The tier that linked it, or one above."""


@dataclass(frozen=True)
class Move:
    """One cell of the table: who must act, and what the event becomes."""

    standing: Standing
    becomes: State | None
    """None: it stays what it is."""


GRID_TO_TOWNSHIP = (Tier.GRID, Tier.COMMUNITY, Tier.TOWNSHIP)
HOLDERS = (Tier.GRID, Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE)
OFFICES = (Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE)
DECIDERS = (Tier.COMMUNITY, Tier.TOWNSHIP, Tier.CENTRE, Tier.OFFICE)
EVERY_STATE = tuple(State)


def _moves(
    act: Act, tiers: Iterable[Tier], states: Iterable[State], move: Move
) -> dict[tuple[Tier, Act, State], Move]:
    return {(tier, act, state): move for tier in tiers for state in states}


_HELD = (State.HELD, State.HANDLING)
_HOLDER, _HIGHER = Standing.HOLDER, Standing.HIGHER
MOVES: Mapping[tuple[Tier, Act, State], Move] = {
    **_moves(Act.TAKE_UP, HOLDERS, _HELD, Move(_HOLDER, State.HANDLING)),
    **_moves(Act.ESCALATE, GRID_TO_TOWNSHIP, _HELD, Move(_HOLDER, State.HELD)),
    **_moves(Act.HAND_DOWN, OFFICES, _HELD, Move(_HOLDER, State.HELD)),
    **_moves(Act.RETURN, HOLDERS, _HELD, Move(_HOLDER, State.HELD)),
    **_moves(Act.ASK_HELP, GRID_TO_TOWNSHIP, _HELD, Move(_HOLDER, None)),
    **_moves(Act.GIVE_HELP, OFFICES, _HELD, Move(_HIGHER, None)),
    **_moves(Act.ASK_EXTENSION, HOLDERS, _HELD, Move(_HOLDER, None)),
    **_moves(Act.DECIDE_EXTENSION, DECIDERS, _HELD, Move(_HIGHER, None)),
    **_moves(Act.REGRADE, HOLDERS, _HELD, Move(_HOLDER, None)),
    **_moves(Act.CLOSE, HOLDERS, _HELD, Move(_HOLDER, State.CLOSED)),
    **_moves(
        Act.FOLLOW_UP,
        (Tier.GRID, Tier.COMMUNITY),
        (State.CLOSED,),
        Move(Standing.ANY, State.FOLLOWED_UP),
    ),
    **_moves(
        Act.VERIFY,
        (Tier.GRID,),
        (State.CLOSED, State.FOLLOWED_UP),
        Move(Standing.ANY, State.VERIFIED),
    ),
    **_moves(Act.WITHDRAW, (Tier.GRID,), (State.HELD,), Move(Standing.REPORTER, State.WITHDRAWN)),
    **_moves(Act.WITHDRAW, (Tier.GRID,), (State.HANDLING,), Move(Standing.ALONE, State.WITHDRAWN)),
    **_moves(Act.FIND_FALSE, OFFICES, _HELD, Move(_HOLDER, State.FALSE)),
    **_moves(Act.LINK_DUPLICATE, HOLDERS, _HELD, Move(_HOLDER, State.DUPLICATE)),
    **_moves(Act.UNLINK, OFFICES, (State.DUPLICATE,), Move(Standing.LINKER, State.HELD)),
    **_moves(Act.WITHDRAW_CARD, DECIDERS, EVERY_STATE, Move(_HIGHER, None)),
}
"""By tier, act and state. A verification that fails reopens instead (`after_verification`)."""


@dataclass(frozen=True)
class Situation:
    """What decides, beside tier, act and state, whether an act fits an event."""

    state: State
    severity: Severity
    held_by: frozenset[Tier]
    """The tiers that hold it; several only for a major event (EVT-2)."""
    came_from: Mapping[Tier, Tier | None]
    """For each tier that holds it, the tier that sent it."""
    taken_up_by: frozenset[Tier] = frozenset()
    extension_asked_by: frozenset[Tier] = frozenset()
    """Tiers whose present hold had its one extension asked for already."""
    extension_open_of: frozenset[Tier] = frozenset()
    """Tiers whose request waits for a decision."""
    cards_of: frozenset[Tier] = frozenset()
    """Tiers with a card on this event that stands."""
    reporter: Reporter = Reporter.WORKER
    linked_by: Tier | None = None
    grid_vacant: bool = False
    """Nobody answers for its grid any more, while the grid holds it."""


@dataclass(frozen=True)
class Actor:
    """Who acts."""

    tier: Tier
    is_reporter: bool = False


@cites(EVT_1)
def allowed(situation: Situation, actor: Actor) -> tuple[Act, ...]:
    """The acts that are open to somebody now, in the order of their definition."""
    return tuple(act for act in Act if judge_act(situation, actor, act) is not None)


@cites(EVT_1)
def judge_act(situation: Situation, actor: Actor, act: Act) -> Move | None:
    """The move that an act makes, or none where it does not fit."""
    move = MOVES.get((actor.tier, act, situation.state))
    if move is None or not _stands(situation, actor, act, move.standing):
        return None
    return move if _fits(situation, actor, act) else None


def _stands(situation: Situation, actor: Actor, act: Act, needed: Standing) -> bool:
    match needed:
        case Standing.HOLDER:
            return actor.tier in situation.held_by or takes_over(situation, actor, act)
        case Standing.HIGHER:
            return any(rank(actor.tier) > rank(tier) for tier in _concerned(situation, act))
        case Standing.REPORTER:
            return actor.is_reporter
        case Standing.ALONE:
            return actor.is_reporter and situation.held_by == {Tier.GRID}
        case Standing.LINKER:
            linked_by = situation.linked_by
            return linked_by is not None and rank(actor.tier) >= rank(linked_by)
        case Standing.ANY:
            return True


def _concerned(situation: Situation, act: Act) -> frozenset[Tier]:
    """The tiers that an act of a higher tier can be about; of an extension the one just below."""
    if act is Act.WITHDRAW_CARD:
        return situation.cards_of
    if act is Act.DECIDE_EXTENSION:
        return situation.extension_open_of
    return situation.held_by


def _fits(situation: Situation, actor: Actor, act: Act) -> bool:
    """What an act needs beside its cell of the table."""
    tier = actor.tier
    asked_afterwards = situation.reporter is not Reporter.WORKER
    needed = {
        Act.TAKE_UP: tier not in situation.taken_up_by,
        Act.RETURN: situation.came_from.get(tier) is not None,
        Act.ASK_EXTENSION: tier not in situation.extension_asked_by,
        Act.DECIDE_EXTENSION: below(tier) in situation.extension_open_of,
        Act.FOLLOW_UP: asked_afterwards,
        Act.VERIFY: situation.state is State.FOLLOWED_UP or not asked_afterwards,
        Act.REGRADE: tier is not Tier.GRID or situation.severity is Severity.GENERAL,
    }
    return needed.get(act, True)


@cites(EVT_1)
def takes_over(situation: Situation, actor: Actor, act: Act) -> bool:
    """The station takes up what a grid holds for which nobody answers: it would be stuck there
    [reading]."""
    left = situation.grid_vacant and Tier.GRID in situation.held_by
    takes_up = act is Act.TAKE_UP and actor.tier is Tier.COMMUNITY
    return left and takes_up and actor.tier not in situation.held_by


@cites(EVT_1)
def may_escalate_to(tier: Tier, severity: Severity) -> tuple[Tier, ...]:
    """The next tier; of a major event also the centre at once (EVT-2)."""
    following = above(tier)
    if tier is Tier.CENTRE or following is None:
        return ()
    direct = (Tier.CENTRE,) if severity is Severity.MAJOR and following is not Tier.CENTRE else ()
    return (following, *direct)


@cites(EVT_2)
def first_holders(severity: Severity, *, straight_to_centre: bool = False) -> tuple[Tier, ...]:
    """Who holds an event once it is reported: the grid; of a major event community and township
    at once, each with a clock of its own, and the centre where the worker went straight to it."""
    if severity is Severity.GENERAL:
        return (Tier.GRID,)
    direct = (Tier.CENTRE,) if straight_to_centre else ()
    return (Tier.COMMUNITY, Tier.TOWNSHIP, *direct)


@cites(EVT_2)
def released_by_escalation(tier: Tier, held_by: Collection[Tier]) -> frozenset[Tier]:
    """Whose hold ends when a tier escalates: its own, and that of the tiers below it [reading]."""
    return frozenset(held for held in held_by if rank(held) <= rank(tier))


@cites(EVT_2)
def released_by_raising(held_by: Collection[Tier]) -> frozenset[Tier]:
    """Whose hold ends when an event is found to be major: the grid's; it is with community and
    township then [reading]."""
    return frozenset(held_by) & {Tier.GRID}


@cites(EVT_1)
def while_held(taken_up_by: Collection[Tier], still: Collection[Tier]) -> State:
    """Handling as soon as one of the tiers that still hold it has taken it up."""
    return State.HANDLING if set(taken_up_by) & set(still) else State.HELD


@cites(EVT_4)
def after_verification(score: Score, *, reopened_before: bool) -> State:
    """A failed verification reopens the event, once; after that it is verified as it is."""
    failed = score is Score.NOT and not reopened_before
    return State.HELD if failed else State.VERIFIED
