"""INF: information collected, checked, submitted and entered (三(一)2, 二2, 四(二)5)."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number

INF_1 = Cite("INF-1", "三(一)2, 二2")
INF_2 = Cite("INF-2", "四(二)5", reading=True)

ENTRY_DAYS = number(
    "entry_days",
    7,
    "d",
    "INF-2",
    (1, 60),
    Label("信息录入期限", "Days to enter what was collected"),
)


class RecordKind(StrEnum):
    """What a record is about (人、地、事、物、组织)."""

    PERSON = "person"
    PLACE = "place"
    MATTER = "matter"
    THING = "thing"
    ORGANISATION = "organisation"


class RecordState(StrEnum):
    """Where a record stands (INF-1)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ENTERED = "entered"


class RecordSource(StrEnum):
    """How a version came about."""

    HANDSET = "handset"
    PAPER = "paper"
    IMPORT = "import"
    MERGE = "merge"
    CORRECTION = "correction"


class FocusKind(StrEnum):
    """Of whom all must be known (INF-4)."""

    RENTAL = "rental"
    FLOATING = "floating"
    SPECIAL_GROUP = "special_group"


class CheckResult(StrEnum):
    """What a sampled check found (INF-3)."""

    CORRECT = "correct"
    WRONG = "wrong"
    NOT_FOUND = "not_found"


class ConflictChoice(StrEnum):
    """How a conflict of two edits is decided."""

    STANDING = "standing"
    PROPOSED = "proposed"
    OTHER = "other"


class LookPurpose(StrEnum):
    """What somebody needs a resident's plain data for; every look is logged with it (part 8)."""

    VISIT = "visit"
    SERVICE = "service"
    VERIFICATION = "verification"
    CHECK = "check"
    EMERGENCY = "emergency"
    OWN_REQUEST = "own_request"


class RecordAct(StrEnum):
    """What is done with a record on its way into the registers (INF-1)."""

    COLLECT = "collect"
    SUBMIT = "submit"
    RETURN = "return"
    ENTER = "enter"
    CORRECT = "correct"
    END = "end"


class RecordActor(StrEnum):
    """Who does it: whoever collects at the door, or the community's information administrator."""

    WORKER = "worker"
    ADMINISTRATOR = "administrator"


D, S, R, E = RecordState.DRAFT, RecordState.SUBMITTED, RecordState.RETURNED, RecordState.ENTERED
WORKER, ADMINISTRATOR = RecordActor.WORKER, RecordActor.ADMINISTRATOR

MOVES: Mapping[tuple[RecordState | None, RecordAct, RecordActor], RecordState] = {
    (None, RecordAct.COLLECT, WORKER): D,
    (D, RecordAct.COLLECT, WORKER): D,
    (S, RecordAct.COLLECT, WORKER): S,
    (R, RecordAct.COLLECT, WORKER): R,
    (E, RecordAct.COLLECT, WORKER): D,
    (None, RecordAct.SUBMIT, WORKER): S,
    (D, RecordAct.SUBMIT, WORKER): S,
    (S, RecordAct.SUBMIT, WORKER): S,
    (R, RecordAct.SUBMIT, WORKER): S,
    (E, RecordAct.SUBMIT, WORKER): S,
    (None, RecordAct.ENTER, ADMINISTRATOR): E,
    (S, RecordAct.ENTER, ADMINISTRATOR): E,
    (S, RecordAct.RETURN, ADMINISTRATOR): R,
    (S, RecordAct.CORRECT, ADMINISTRATOR): S,
    (E, RecordAct.CORRECT, ADMINISTRATOR): E,
    (S, RecordAct.END, ADMINISTRATOR): S,
    (R, RecordAct.END, ADMINISTRATOR): R,
    (E, RecordAct.END, ADMINISTRATOR): E,
}
"""Where each act takes a record; what is not here is not done. None: not collected before.

What was entered stands until its change is entered too. A paper form is entered as it is written
down by the administrator [reading].
"""


@cites(INF_1)
def move(state: RecordState | None, act: RecordAct, actor: RecordActor) -> RecordState | None:
    """Where an act takes a record; None if it is not that act's turn."""
    return MOVES.get((state, act, actor))


@cites(INF_1)
def allowed(state: RecordState | None, actor: RecordActor) -> tuple[RecordAct, ...]:
    """What can be done with a record in a state by whom, in the order of the procedure."""
    return tuple(act for act in RecordAct if (state, act, actor) in MOVES)


class EntryVerdict(StrEnum):
    """How long what was collected took to be entered (INF-2)."""

    IN_TIME = "in_time"
    LATE = "late"
    OPEN = "open"
    OVERDUE = "overdue"


@cites(INF_2)
def judge_entry(
    collected_on: date, entered_on: date | None, today: date, values: Values
) -> Finding[EntryVerdict]:
    """Within so many days of the day of collection; what is not entered is open, then overdue."""
    due_on = collected_on + timedelta(days=values[ENTRY_DAYS])
    in_time = (entered_on or today) <= due_on
    if entered_on is None:
        verdict = EntryVerdict.OPEN if in_time else EntryVerdict.OVERDUE
    else:
        verdict = EntryVerdict.IN_TIME if in_time else EntryVerdict.LATE
    return Finding(
        verdict=verdict,
        cite=INF_2,
        because={
            "collected_on": collected_on.isoformat(),
            "entered_on": entered_on.isoformat() if entered_on else None,
            "due_on": due_on.isoformat(),
            "entry_days": values[ENTRY_DAYS],
        },
    )
