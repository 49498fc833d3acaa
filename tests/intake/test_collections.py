"""Collections through the handset's door: pushed, alone, held, conflicting, pulled."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Held, Quarantine, Record, RecordVersion
from app.kit import clock
from app.kit.ids import uuid7
from app.registry.erasing import erase
from app.registry.retention import erase_what_is_over
from app.registry.rights_schemas import ErasureGround
from tests.conftest import SignedIn
from tests.intake.handset import GRID, OTHER_GRID, Handset, item
from tests.registry.collected import NAME, collection, home, person


def collecting(record_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
    return item("collection", body=collection(record_id or uuid7(clock.now()), **changes))


def records_pulled(handset: Handset) -> list[dict[str, Any]]:
    changes = handset.get("/v1/pull", params={"limit": 500}).json()["changes"]
    return [change for change in changes if change["kind"] == "record"]


def test_pushed_once_and_repeated(client: SignedIn, db: Session) -> None:
    handset, one = Handset(client), collecting()
    [first] = handset.results(one)
    assert (first["status"], first["facts"]["state"]) == ("created", "submitted")
    [again] = handset.results(one)
    assert (again["status"], again["facts"]) == ("duplicate", first["facts"])
    assert len(db.scalars(select(RecordVersion)).all()) == 1
    assert NAME not in str(first)
    [pulled] = records_pulled(handset)
    assert pulled["body"]["fields"]["name"] == "欧***"


def test_alone(client: SignedIn) -> None:
    handset, one = Handset(client), collecting()
    answer = handset.alone("/v1/collections", one)
    assert (answer.status_code, answer.json()["status"]) == (201, "created")
    key = UUID(one["body"]["record_id"])
    changed = collecting(key, base=1, fields={"care": "hardship"})
    assert handset.alone("/v1/collections", changed).json()["facts"]["version"] == 2
    wrong = collecting(fields=person(phone="x"))
    refused = handset.alone("/v1/collections", wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "record.fields_refused")


def test_two_handsets_edit_one_household_offline(client: SignedIn, db: Session) -> None:
    one, other = Handset(client, GRID), Handset(client, GRID)
    key = uuid7(clock.now())
    one.results(collecting(key, kind="place", fields=home()))
    [ahead] = one.results(collecting(key, kind="place", base=1, fields={"households": 2}))
    [late, clash] = other.results(
        collecting(key, kind="place", base=1, fields={"use": "rented_home"}),
        collecting(key, kind="place", base=1, fields={"households": 3}),
    )
    assert [ahead["status"], late["status"], clash["status"]] == ["created", "merged", "conflict"]
    assert clash["facts"]["conflicts"] == ["households"]
    assert len(db.scalars(select(RecordVersion)).all()) == 4


def test_held_until_the_home_has_arrived(client: SignedIn, db: Session) -> None:
    handset, house = Handset(client), uuid7(clock.now())
    [waits] = handset.results(collecting(fields=person(home=str(house))))
    assert (waits["status"], waits["facts"]["waits_for"]) == ("held", str(house))
    handset.results(collecting(house, kind="place", fields=home()))
    assert len(db.scalars(select(Record)).all()) == 2


def test_an_edit_may_come_before_the_one_it_goes_on_from(client: SignedIn, db: Session) -> None:
    handset, key = Handset(client), uuid7(clock.now())
    first = collecting(key)
    second = collecting(key, base_item=first["id"], fields={"care": "hardship"})
    [held] = handset.results(second)
    assert held["status"] == "held"
    handset.results(first)
    assert db.scalars(select(Record)).one().version == 2


def test_a_worker_of_another_grid_is_out_of_scope(client: SignedIn, db: Session) -> None:
    key = uuid7(clock.now())
    Handset(client, GRID).results(collecting(key))
    [kept] = Handset(client, OTHER_GRID).results(
        collecting(key, base=1, fields={"phone": "13900000001"})
    )
    assert kept["status"] == "out_of_scope"
    assert len(db.scalars(select(RecordVersion)).all()) == 2
    assert db.scalars(select(Record)).one().version == 1


def test_what_is_refused_is_set_aside_unreadable_without_the_key(
    client: SignedIn, db: Session
) -> None:
    handset = Handset(client)
    [refused] = handset.results(collecting(fields=person(phone="x")))
    assert (refused["status"], refused["code"]) == ("rejected", "record.fields_refused")
    row = db.scalars(select(Quarantine)).one()
    assert row.content["received"]["body"]["fields"]["name"] == NAME
    raw = db.connection().exec_driver_sql("select content::text from quarantine").scalar_one()
    assert NAME not in raw


def test_part_8_erasure_reaches_what_waits_and_what_was_set_aside(
    client: SignedIn, db: Session
) -> None:
    handset, key = Handset(client), uuid7(clock.now())
    waiting = str(uuid7(clock.now()))
    handset.results(
        collecting(key, submit=False),
        collecting(key, base=1, fields={"phone": "x"}),
        collecting(key, base_item=waiting, fields={"care": "hardship"}),
        collecting(fields=person(phone="x")),
    )
    assert [len(db.scalars(select(table)).all()) for table in (Quarantine, Held)] == [2, 1]
    record = db.scalars(select(Record)).one()
    erase(db, record, None, ErasureGround.PERSON_ASKED, clock.now())
    db.commit()
    assert [len(db.scalars(select(table)).all()) for table in (Quarantine, Held)] == [1, 0]
    handset.results(collecting(key, base=1, fields={"care": "hardship"}))
    late = db.scalars(select(Quarantine).where(Quarantine.code == "record.erased")).one()
    late_day = late.received_at + timedelta(days=91)
    assert erase_what_is_over(db, late_day).set_aside == 2
    assert db.scalars(select(Quarantine)).all() == []
