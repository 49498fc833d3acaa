"""INT-1: the platforms' tables leave nothing of ours out, and contradict themselves nowhere."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import app.platforms
from app.outbox.catalogue import TYPES
from app.platforms.adapters import ADAPTERS
from app.platforms.language import Language
from app.platforms.mapping import OF_OURS, MappingBroken, Tables, build, load
from app.platforms.sayings import NotUnderstood, needed
from app.rules.exchange import MessageKind, Unclear
from app.rules.tasks import Platform

FOLDERS = Path(app.platforms.__file__).parent
EACH = pytest.mark.parametrize("language", ADAPTERS.values(), ids=lambda found: found.platform)
Said = dict[str, Any]


def said_by(platform: Platform) -> Said:
    return tomllib.loads((FOLDERS / platform / "words.toml").read_text(encoding="utf-8"))


def test_every_platform_has_its_tables() -> None:
    assert set(ADAPTERS) == set(Platform)
    assert all(language.platform is platform for platform, language in ADAPTERS.items())


@EACH
@pytest.mark.parametrize("kind", OF_OURS)
def test_int_1_every_word_of_ours_has_one_there_that_leads_back(
    language: Language, kind: str
) -> None:
    for ours in OF_OURS[kind]:
        known = language.tables.known(kind, language.tables.word_for(kind, ours.value))
        assert known is not None
        assert known.ours is not None, (kind, ours)
        assert known.theirs == language.tables.word_for(kind, known.ours)


@EACH
def test_int_1_words_there_stand_for_ours_or_for_nothing_we_have(language: Language) -> None:
    nothing = 0
    for kind, ours in OF_OURS.items():
        words = {word.value for word in ours}
        for known in language.tables.ours[kind].values():
            assert known.ours is None or known.ours in words
            nothing += known.ours is None
    assert nothing > 0


@EACH
def test_int_1_every_type_that_may_be_told_has_its_fields_there(language: Language) -> None:
    assert set(language.tables.out) == set(TYPES)
    for name, type_ in TYPES.items():
        assert set(language.tables.out[name].fields) == {field.name for field in type_.fields}


@EACH
@pytest.mark.parametrize("kind", MessageKind)
def test_int_1_every_kind_of_message_has_a_form_with_all_it_needs(
    language: Language, kind: MessageKind
) -> None:
    assert set(language.tables.form_for(kind).fields) >= needed(kind)


@EACH
@pytest.mark.parametrize(
    ("category", "like"),
    [
        ("public_safety", "public_safety"),
        ("public_safety.fire", "public_safety"),
        ("citys_own", "other"),
        ("citys_own.below", "other"),
    ],
)
def test_int_1_a_category_falls_back_to_its_parent_and_then_to_other(
    language: Language, category: str, like: str
) -> None:
    tables = language.tables
    assert tables.word_for("category", category) == tables.theirs["category"][like]


def test_int_1_a_second_level_category_may_have_a_word_of_its_own() -> None:
    said = said_by(Platform.CHENGDU)
    said["words"]["category"]["public_safety.fire"] = "消防"
    assert build(said, ()).word_for("category", "public_safety.fire") == "消防"


@EACH
def test_int_1_units_by_table_and_the_division_code_without(language: Language) -> None:
    tables = language.tables
    assert tables.unit_there("510185001001001") == "510185001001001"
    for ours, theirs in tables.units.items():
        assert (tables.unit_there(ours), tables.unit_here(theirs)) == (theirs, ours)
    assert tables.units


def test_int_1_a_shared_word_leads_where_the_table_says() -> None:
    tables = ADAPTERS[Platform.SICHUAN].tables
    assert tables.word_for("state", "followed_up") == tables.word_for("state", "closed") == 30
    known = tables.known("state", 30)
    assert known is not None
    assert known.ours == "closed"
    assert tables.known("state", 31) is None


def edited(*steps: str, to: object) -> Callable[[Said], None]:
    """Set what lies at some steps; None takes it away."""

    def edit(said: Said) -> None:
        *way, last = steps
        for step in way:
            said = said[step]
        if to is None:
            del said[last]
        else:
            said[last] = to

    return edit


BROKEN: dict[str, tuple[Callable[[Said], None], str]] = {
    "state left out": (edited("words", "state", "held", to=None), "no state for held"),
    "one word for two": (
        edited("words", "state", "held", to="已办结"),
        "state 已办结 stands for 2 of ours",
    ),
    "leads to nothing known": (
        edited("back", "state", "挂起", to="hanging"),
        "state 挂起 leads to hanging",
    ),
    "leads elsewhere": (
        edited("back", "state", "已办结", to="held"),
        "state closed does not come back as itself",
    ),
    "no message of a kind": (edited("in", "ACCOUNT_LOGIN", to=None), "no message says a login"),
    "field missing": (
        edited("in", "EVENT_CARD", "fields", "card_ref", to=None),
        "EVENT_CARD has no card_ref",
    ),
    "field of nothing": (
        edited("in", "EVENT_CARD", "fields", "phone", to={"name": "tel"}),
        "EVENT_CARD: phone says nothing",
    ),
    "one name twice": (
        edited("in", "EVENT_CARD", "fields", "card_ref", to={"name": "outerId"}),
        "EVENT_CARD has outerId twice",
    ),
    "words of no kind": (
        edited("in", "EVENT_CARD", "fields", "card_ref", to={"name": "cardNo", "as": "mood"}),
        "nothing is known of values as mood",
    ),
    "words back of no kind": (edited("back", "mood", to={"好": ""}), "[back.mood] without"),
    "no number": (edited("envelope", "number", to=None), "the envelope has no number"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_int_1_tables_that_contradict_themselves_are_refused(case: str) -> None:
    edit, why = BROKEN[case]
    said = said_by(Platform.CHENGDU)
    edit(said)
    with pytest.raises(MappingBroken) as refused:
        build(said, ())
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "units", [[("510185", "A"), ("510186", "A")], [("510185", "A"), ("510185", "B")]]
)
def test_int_1_unit_codes_are_told_apart(units: list[tuple[str, str]]) -> None:
    with pytest.raises(MappingBroken, match="twice"):
        build(said_by(Platform.CHENGDU), units)


def test_int_1_a_city_s_engineer_changes_tables_and_no_code(tmp_path: Path) -> None:
    source = FOLDERS / "sichuan"
    words = (source / "words.toml").read_text(encoding="utf-8")
    (tmp_path / "words.toml").write_text(
        words.replace("held = 10", 'held = "DCL"').replace("event_status", "sjzt"), encoding="utf-8"
    )
    (tmp_path / "units.csv").write_text("ours,theirs\n510185001,510100185001\n", encoding="utf-8")
    tables = load(tmp_path)
    assert tables.word_for("state", "held") == "DCL"
    assert tables.unit_there("510185001") == "510100185001"


def values(language: Language) -> Iterator[tuple[object, Unclear]]:
    """What can't be a state, and why."""
    malformed: tuple[object, ...] = (True, [], {}, 1.5)
    yield from ((wrong, Unclear.BAD_VALUE) for wrong in malformed)
    yield "未知", Unclear.UNKNOWN_WORD
    yield "\x00", Unclear.UNKNOWN_WORD
    yield 10**400, Unclear.UNKNOWN_WORD
    yield from ((nothing, Unclear.MISSING_FIELD) for nothing in (None, ""))


@EACH
def test_int_1_a_word_that_nobody_agreed_on_is_not_guessed_at(language: Language) -> None:
    field = language.tables.form_for(MessageKind.STATUS).fields["state"]
    for value, why in values(language):
        with pytest.raises(NotUnderstood) as refused:
            language.read({field.name: value}, field)
        assert refused.value.why is why, value


def test_loading_is_done_once() -> None:
    assert all(isinstance(language.tables, Tables) for language in ADAPTERS.values())
