"""INF-4: who has to be known, and how many of them are recorded (四(二)5)."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import FocusListing
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import uuid7
from app.people.principal import Principal
from app.registry.entering import end_record
from app.registry.erasing import erase
from app.registry.focus_coverage import coverage
from app.registry.focus_refusals import (
    AlreadyListed,
    ListedElsewhere,
    ListedInTheFuture,
    ListingWithdrawn,
)
from app.registry.focus_schemas import FocusRow, ListingIn, ListingOut, WithdrawIn
from app.registry.listings import (
    add_listing,
    listing_key,
    listing_out,
    listings_under,
    withdraw_listing,
)
from app.registry.rights_schemas import ErasureGround
from app.registry.schemas import RecordEndIn
from app.rules.information import FocusKind
from tests.attendance.facts import acting
from tests.city import City
from tests.registry.registers import (
    COMMUNITY,
    ELSEWHERE,
    GRID,
    NEIGHBOUR,
    NOW,
    Registers,
    home,
    identity_number,
    person,
)

LISTED_ON = date(2026, 3, 16)


@pytest.fixture
def registers(db: Session, city: City) -> Registers:
    return Registers(db, city)


@pytest.fixture
def lead(db: Session, city: City) -> Principal:
    return acting(db, city, "station_lead")


def listing(serial: int = 1, **said: Any) -> ListingIn:
    """A person on a list, as in `person(serial)`."""
    known: dict[str, Any] = {
        "unit": COMMUNITY,
        "focus": "floating",
        "name": f"刘某{serial}",
        "identity_number": identity_number(serial),
        "source": "派出所名单",
        "listed_on": LISTED_ON,
    }
    return ListingIn(**(known | said))


def rental(serial: int = 1, **said: Any) -> ListingIn:
    return listing(
        focus="rental",
        name=None,
        identity_number=None,
        address=home(serial)["address"],
        **said,
    )


def of(
    registers: Registers, focus: FocusKind = FocusKind.FLOATING, unit: str = COMMUNITY
) -> FocusRow:
    [row] = coverage(registers.db, unit, [focus], NOW.date()).items
    return row


def figures(row: FocusRow) -> tuple[int, int, int, str]:
    return row.known, row.recorded, row.not_marked, row.verdict.value


def listed(
    registers: Registers, lead: Principal, unmatched: bool = False, focus: FocusKind | None = None
) -> list[ListingOut]:
    page = listings_under(registers.db, lead, COMMUNITY, (focus, unmatched), (None, 100))
    return page.items


def test_inf_4_nobody_known_is_nothing_to_cover(registers: Registers) -> None:
    assert figures(of(registers)) == (0, 0, 0, "nothing")
    assert of(registers).share is None


def test_inf_4_known_are_the_listed_and_those_on_record(
    registers: Registers, lead: Principal
) -> None:
    registers.person(1, residence="floating")
    assert figures(of(registers)) == (1, 1, 0, "met")
    add_listing(registers.db, lead, listing(1), NOW)
    assert figures(of(registers)) == (1, 1, 0, "met")
    add_listing(registers.db, lead, listing(2), NOW)
    assert figures(of(registers)) == (2, 1, 0, "below")
    assert (of(registers).share, of(registers).missing) == (0.5, 1)
    registers.person(2, residence="floating")
    assert figures(of(registers)) == (2, 2, 0, "met")


def test_inf_4_recorded_otherwise_counts_and_shows(registers: Registers, lead: Principal) -> None:
    add_listing(registers.db, lead, listing(1), NOW)
    registers.person(1)
    assert figures(of(registers)) == (1, 1, 1, "met")
    [shown] = listed(registers, lead)
    assert (shown.recorded, shown.focus_marked) == (True, False)


def test_inf_4_a_record_that_is_not_entered_is_known_and_not_recorded(
    registers: Registers, lead: Principal
) -> None:
    record = registers.person(1, residence="floating")
    record.entered_version = None
    registers.db.flush()
    assert figures(of(registers)) == (1, 0, 0, "below")
    add_listing(registers.db, lead, listing(1), NOW)
    assert figures(of(registers)) == (1, 0, 0, "below")
    other = registers.person(2)
    other.entered_version = None
    registers.db.flush()
    add_listing(registers.db, lead, listing(2), NOW)
    assert figures(of(registers)) == (2, 0, 0, "below")
    assert len(listed(registers, lead, unmatched=True)) == 2


def test_inf_4_found_by_identity_number_else_by_name_and_address(
    registers: Registers, lead: Principal
) -> None:
    said = person(1)
    body = listing(1, identity_number=None, address=f" {said['address'][:4]} {said['address'][4:]}")
    add_listing(registers.db, lead, body, NOW)
    registers.person(1)
    assert figures(of(registers)) == (1, 1, 1, "met")
    same_name = listing(2, name="刘某1", identity_number=identity_number(9))
    add_listing(registers.db, lead, same_name, NOW)
    assert figures(of(registers)) == (2, 1, 1, "below")


def test_inf_4_a_rented_home_is_found_by_its_address_and_by_no_other_kind(
    registers: Registers, lead: Principal
) -> None:
    add_listing(registers.db, lead, rental(7), NOW)
    registers.shop(7, address=home(7)["address"])
    assert figures(of(registers, FocusKind.RENTAL)) == (1, 0, 0, "below")
    registers.home(7, use="rented_home")
    assert figures(of(registers, FocusKind.RENTAL)) == (1, 1, 0, "met")
    assert figures(of(registers)) == (0, 0, 0, "nothing")


def test_inf_4_two_listings_of_one_record_are_one(registers: Registers, lead: Principal) -> None:
    said = person(1)
    add_listing(registers.db, lead, listing(1), NOW)
    twice = listing(1, identity_number=None, address=said["address"])
    add_listing(registers.db, lead, twice, NOW)
    assert figures(of(registers))[:2] == (2, 0)
    registers.person(1)
    assert figures(of(registers))[:2] == (1, 1)


def test_inf_4_within_the_community(registers: Registers, lead: Principal) -> None:
    add_listing(registers.db, lead, listing(1, unit=GRID), NOW)
    registers.person(1, ELSEWHERE, residence="floating")
    assert figures(of(registers)) == (1, 0, 0, "below")
    assert figures(of(registers, unit="510185001")) == (2, 1, 0, "below")
    assert figures(of(registers, unit=ELSEWHERE)) == (1, 1, 0, "met")
    assert figures(of(registers, unit=NEIGHBOUR)) == (0, 0, 0, "nothing")
    registers.person(1, NEIGHBOUR, residence="floating")
    assert figures(of(registers)) == (1, 1, 0, "met")
    assert figures(of(registers, unit=GRID)) == (0, 0, 0, "nothing")


def test_inf_4_who_left_since_is_not_missing(registers: Registers, lead: Principal) -> None:
    add_listing(registers.db, lead, listing(1), NOW)
    record = registers.person(1, residence="floating")
    ending = RecordEndIn(ended_on=date(2026, 3, 17), reason="搬走")
    end_record(registers.db, registers.admin(), record.id, ending, NOW)
    assert figures(of(registers)) == (0, 0, 0, "nothing")
    assert listed(registers, lead, unmatched=True) == []
    add_listing(registers.db, lead, listing(1, focus="special_group", listed_on=NOW.date()), NOW)
    assert figures(of(registers, FocusKind.SPECIAL_GROUP)) == (1, 0, 0, "below")


def test_inf_4_erased_with_the_record(registers: Registers, lead: Principal) -> None:
    entry = add_listing(registers.db, lead, listing(1), NOW)
    record = registers.person(1, residence="floating")
    ending = RecordEndIn(ended_on=date(2026, 3, 17), reason="搬走")
    end_record(registers.db, registers.admin(), record.id, ending, NOW)
    erase(registers.db, record, None, ErasureGround.TERM_OVER, NOW)
    registers.db.refresh(entry)
    assert (entry.sealed, entry.withdrawn_at) == (None, NOW)
    assert figures(of(registers)) == (0, 0, 0, "nothing")
    [shown] = listed(registers, lead)
    assert (shown.name, shown.focus) == (None, None)


def test_listed_once_in_a_community(registers: Registers, lead: Principal) -> None:
    first = add_listing(registers.db, lead, listing(1), NOW)
    for again in (listing(1), listing(1, unit=GRID), listing(1, name="别名", address="某处")):
        with pytest.raises(AlreadyListed) as found:
            add_listing(registers.db, lead, again, NOW)
        assert found.value.facts == {"id": first.id}
    add_listing(registers.db, lead, listing(1, focus="special_group"), NOW)
    withdraw_listing(registers.db, lead, first.id, WithdrawIn(reason="登记有误"), NOW)
    add_listing(registers.db, lead, listing(1), NOW)
    with pytest.raises(ListingWithdrawn):
        withdraw_listing(registers.db, lead, first.id, WithdrawIn(reason="再次"), NOW)


def test_the_database_refuses_a_second_listing_too(registers: Registers, lead: Principal) -> None:
    first = add_listing(registers.db, lead, listing(1), NOW)
    same = {name: getattr(first, name) for name in ("unit_code", "community_code", "digest")}
    registers.db.add(
        FocusListing(
            id=uuid7(NOW),
            **same,
            focus="floating",
            listed_on=LISTED_ON,
            listed_by=lead.account_id,
            listed_at=NOW,
        )
    )
    with pytest.raises(IntegrityError, match="uq_focus_listing_standing"):
        registers.db.flush()


def test_withdrawn_is_forgotten_and_known_no_more(registers: Registers, lead: Principal) -> None:
    entry = add_listing(registers.db, lead, listing(1), NOW)
    withdraw_listing(registers.db, lead, entry.id, WithdrawIn(reason="登记有误"), NOW)
    assert figures(of(registers)) == (0, 0, 0, "nothing")
    shown = listing_out(registers.db, lead, entry)
    assert (shown.name, shown.identity_number, shown.source) == (None, None, None)
    assert (shown.withdraw_reason, shown.withdrawn_at) == ("登记有误", NOW)


def test_refused_beyond_above_and_ahead(
    registers: Registers, lead: Principal, db: Session, city: City
) -> None:
    with pytest.raises(Forbidden):
        add_listing(db, lead, listing(unit=ELSEWHERE), NOW)
    with pytest.raises(NotFound):
        add_listing(db, lead, listing(unit="510185001001099"), NOW)
    with pytest.raises(ListedInTheFuture):
        add_listing(db, lead, listing(listed_on=date(2026, 3, 19)), NOW)
    township = acting(db, city, "township")
    with pytest.raises(ListedElsewhere):
        add_listing(db, township, listing(unit="510185001"), NOW)
    entry = add_listing(db, township, listing(unit=ELSEWHERE), NOW)
    for key in (entry.id, uuid4()):
        with pytest.raises(NotFound):
            withdraw_listing(db, lead, key, WithdrawIn(reason="不属本社区"), NOW)
    assert listed(registers, lead) == []


@pytest.mark.parametrize(
    "change",
    [
        {"identity_number": None},
        {"identity_number": None, "name": None, "address": "某路1号"},
        {"identity_number": "510185199001010011"},
        {"identity_number": "x"},
        {"focus": "rental"},
        {"focus": "resident"},
        {"listed_on": "0001-01-01"},
        {"source": " "},
        {"name": "a\x00b"},
        {"unit": "5101"},
        {"belief": "none"},
    ],
)
def test_listings_out_of_form(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        listing(**change)


def test_masked_and_looks_at_special_groups_are_recorded(
    registers: Registers, lead: Principal
) -> None:
    first = add_listing(registers.db, lead, listing(1, address="河东新区雄州大道1号"), NOW)
    [shown] = listed(registers, lead)
    assert (shown.name, shown.identity_number) == (
        "刘**",
        f"5101{'*' * 10}{identity_number(1)[-4:]}",
    )
    assert shown.address == "河东新区雄***"
    special = add_listing(registers.db, lead, listing(2, focus="special_group"), NOW)
    [again] = listed(registers, lead, focus=FocusKind.SPECIAL_GROUP)
    assert again.focus is FocusKind.SPECIAL_GROUP
    looks = [facts["listings"] for _, facts in registers.facts("listing.looked_at")]
    assert looks == [[str(first.id)], [str(special.id)]]


def test_pages_go_on_after_the_last(registers: Registers, lead: Principal) -> None:
    for serial in range(1, 6):
        add_listing(registers.db, lead, listing(serial), NOW)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = listings_under(registers.db, lead, COMMUNITY, (None, True), (cursor, 2))
        seen += [str(one.id) for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


def test_nothing_personal_is_told_or_kept_in_plain(registers: Registers, lead: Principal) -> None:
    body = listing(1, focus="special_group", source="司法所移交名单", address="雄州大道1号")
    entry = add_listing(registers.db, lead, body, NOW)
    listed(registers, lead)
    withdraw_listing(registers.db, lead, entry.id, WithdrawIn(reason="刘某1已迁出"), NOW)
    add_listing(registers.db, lead, body, NOW)
    rows = str(registers.db.execute(text("select * from focus_listing")).all())
    for value in ("刘某1", identity_number(1), "雄州大道", "司法所", "special_group"):
        assert value not in registers.everything_told()
        assert value not in rows
    assert registers.db.scalars(select(FocusListing.sealed)).all()[-1]["name"] == "刘某1"


def test_keys_are_those_of_records() -> None:
    number = identity_number(1)
    said = {"name": "刘某1", "identity_number": number, "address": "雄州大道 1 号"}
    assert listing_key(FocusKind.FLOATING, said) == f"identity_number={number}"
    assert listing_key(FocusKind.RENTAL, said) == "address=雄州大道1号"
    nameless = said | {"identity_number": None}
    assert listing_key(FocusKind.SPECIAL_GROUP, nameless) == "name_address=刘某1|雄州大道1号"
