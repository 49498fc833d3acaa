"""Forms: values are checked, older versions understood, sensitive ones masked (INF-1)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registry.fields import FieldType, Secrecy
from app.registry.form_tables import FORMS
from app.registry.forms import (
    focus_of,
    form_of,
    keys_of,
    masked,
    missing,
    present,
    read_fields,
    split,
    upgraded,
    visits_of,
)
from app.rules.information import FocusKind, RecordKind
from app.rules.visits import VisitKind
from tests.registry.collected import ADDRESS, IDENTITY, NAME, PHONE, id_number, person

PERSON, PLACE = RecordKind.PERSON, RecordKind.PLACE


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", 7, "wrong_type"),
        ("name", "  ", "bad_format"),
        ("name", "甲" * 201, "too_long"),
        ("name", "甲\x00", "bad_format"),
        ("phone", "1385555", None),
        ("phone", "138555", "bad_format"),
        ("phone", "+86 138-5555-0001", None),
        ("phone", 13855550001, "wrong_type"),
        ("identity_number", IDENTITY, None),
        ("identity_number", IDENTITY.lower() + " ", None),
        ("identity_number", IDENTITY[:17], "bad_format"),
        ("identity_number", IDENTITY[:17] + ("0" if IDENTITY[17] != "0" else "1"),
         "bad_check_digit"),
        ("birth_date", "1990-01-01", None),
        ("birth_date", "1899-12-31", "out_of_bounds"),
        ("birth_date", "1900-01-01", None),
        ("birth_date", "1990-02-30", "bad_format"),
        ("birth_date", 19900101, "wrong_type"),
        ("residence", "floating", None),
        ("residence", "temporary", "bad_choice"),
        ("residence", ["floating"], "wrong_type"),
        ("point", {"lon": 104.5, "lat": 30.4}, None),
        ("point", {"lon": 181, "lat": 30.4}, "out_of_bounds"),
        ("point", {"lon": 104.5, "lat": 90.1}, "out_of_bounds"),
        ("point", {"lon": 104.5}, "wrong_type"),
        ("point", {"lon": "104.5", "lat": 30.4}, "wrong_type"),
        ("point", {"lon": float("nan"), "lat": 30.4}, "out_of_bounds"),
        ("home", "not a key", "bad_format"),
        ("home", "0199d2f0-3c00-7a01-8b02-0000000000a1", None),
        ("religion", "无", "unknown_field"),
        ("opinion", "满意", "unknown_field"),
    ],
)  # fmt: skip
def test_inf_1_fields_take_only_their_own_values(field: str, value: Any, code: str | None) -> None:
    values, problems = read_fields(present(PERSON), {field: value})
    assert [found.code for found in problems] == ([code] if code else [])
    assert (field in values) is (code is None)


def test_a_problem_never_repeats_the_value() -> None:
    _, problems = read_fields(present(PERSON), {"phone": "abc13855550001"})
    assert "1385555" not in str(problems)


@pytest.mark.parametrize("kind", list(RecordKind))
def test_inf_1_required_fields_are_named(kind: RecordKind) -> None:
    wanted = {field.name for field in present(kind).fields if field.required}
    assert {found.field for found in missing(kind, {})} == wanted
    assert wanted


def test_part_8_no_form_asks_what_no_rule_needs() -> None:
    names = {field.name for forms in FORMS.values() for form in forms for field in form.fields}
    never = {"religion", "opinion", "belief", "politics", "nation", "wechat", "fingerprint", "face"}
    assert not names & never


def test_part_8_whatever_identifies_a_person_is_sealed() -> None:
    kept_apart = {"name", "identity_number", "phone", "address", "birth_date", "point", "home"}
    secrecy = {field.name: field.secrecy for field in present(PERSON).fields}
    assert {secrecy[name] for name in kept_apart} == {Secrecy.SEALED}
    assert secrecy["special_group"] is Secrecy.SPECIAL
    plain = split(present(PERSON), person(special_group="released"))[Secrecy.PLAIN]
    assert plain == {}


def test_inf_1_an_older_person_is_understood() -> None:
    form = form_of(PERSON, 1)
    assert form is not None
    said = {"tel": PHONE, "residence": "temporary", "name": NAME}
    values, problems = read_fields(form, said)
    assert not problems
    assert upgraded(form, values) == {"phone": PHONE, "residence": "floating", "name": NAME}
    assert read_fields(present(PERSON), said)[1]


@pytest.mark.parametrize(
    ("landlord", "name", "phone"),
    [
        (f"王五 {PHONE}", "王五", PHONE),
        (f"{PHONE}，王五", "王五", PHONE),
        ("王五", "王五", None),
        (PHONE, None, PHONE),
        (None, None, None),
    ],
)
def test_inf_1_an_older_landlord_becomes_name_and_phone(
    landlord: str | None, name: str | None, phone: str | None
) -> None:
    form = form_of(PLACE, 1)
    assert form is not None
    now = upgraded(form, {"landlord": landlord})
    assert now == {"landlord_name": name, "landlord_phone": phone}


@pytest.mark.parametrize("kind", list(RecordKind))
def test_every_version_leads_to_the_present_one(kind: RecordKind) -> None:
    names = {field.name for field in present(kind).fields}
    versions = [form.version for form in FORMS[kind]]
    assert versions == list(range(1, len(versions) + 1))
    for form in FORMS[kind]:
        filled = {field.name: None for field in form.fields}
        assert set(upgraded(form, filled)) <= names


def test_what_is_masked_and_what_is_not_even_there() -> None:
    shown = masked(PERSON, person(special_group="released", birth_date="1990-01-01"))
    assert shown == {
        "name": "欧***",
        "identity_number": f"5101**********{IDENTITY[-4:]}",
        "phone": "138****0001",
        "address": "雄州大道 1***",
        "residence": "***",
        "birth_date": "***",
    }


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13855550001", "138****0001"), ("02827221234", "028****1234"), ("2722123", "*****23")],
)
def test_short_numbers_show_less(phone: str, shown: str) -> None:
    assert masked(PERSON, {"phone": phone}) == {"phone": shown}


@given(st.sampled_from(present(PERSON).fields), st.text(min_size=8, max_size=30))
def test_a_mask_never_shows_the_whole(field: Any, value: str) -> None:
    if field.type not in {FieldType.POINT, FieldType.CHOICE}:
        assert value not in str(masked(PERSON, {field.name: value}).get(field.name, ""))


def test_keys_are_normalised() -> None:
    one = keys_of(PERSON, person())
    assert one["identity_number"] == f"identity_number={IDENTITY}"
    assert (
        one["name_address"]
        == keys_of(PERSON, person(address=ADDRESS.replace(" ", "")))["name_address"]
    )
    assert "home" not in one
    assert keys_of(PERSON, {"name": NAME})["name"] == f"name={NAME}"
    assert id_number(2) != IDENTITY


@pytest.mark.parametrize(
    ("kind", "content", "focus", "visits"),
    [
        (PERSON, {"residence": "permanent"}, set(), set()),
        (PERSON, {"residence": "permanent", "home": "x"}, set(), {VisitKind.RESIDENT}),
        (PERSON, {"residence": "floating"}, {FocusKind.FLOATING}, {VisitKind.RENTAL}),
        (PERSON, {"residence": "renting"}, set(), {VisitKind.RENTAL}),
        (PERSON, {"care": "empty_nest"}, set(), {VisitKind.CARE}),
        (
            PERSON,
            {"special_group": "released"},
            {FocusKind.SPECIAL_GROUP},
            {VisitKind.SPECIAL_GROUP},
        ),
        (PERSON, {"special_group": "released", "special_group_ended_on": "2026-03-18"}, set(),
         set()),
        (PLACE, {"use": "rented_home"}, {FocusKind.RENTAL}, {VisitKind.RENTAL}),
        (PLACE, {"use": "home"}, set(), {VisitKind.RESIDENT}),
        (PLACE, {"use": "guard_post"}, set(), {VisitKind.PROPERTY_GUARD}),
        (PLACE, {"use": "shop"}, set(), set()),
    ],
)  # fmt: skip
def test_inf_4_and_vis_6_what_a_record_is_a_ground_for(
    kind: RecordKind,
    content: dict[str, Any],
    focus: set[FocusKind],
    visits: set[VisitKind],
) -> None:
    assert focus_of(kind, content) == focus
    assert visits_of(kind, content) == visits
