"""INT-2: at least once, in order within a subject, and nobody is slowed by another."""

from sqlalchemy.orm import Session

from app.db.engine import Sessions
from tests.webhooks.facts import Clock, deliver, happen, make_endpoint, states
from tests.webhooks.receiver import Receiver


def test_int_2_told_signed_and_recorded(
    sessions: Sessions, db: Session, clock: Clock, receiver: Receiver
) -> None:
    make_endpoint(db, receiver.url)
    keys = happen(db, "a", "b", "a")
    assert deliver(sessions, clock) == 3
    assert receiver.order() == {"a": [1, 2], "b": [1]}
    assert {got.message_id for got in receiver.got} == {str(key) for key in keys}
    assert states(db) == [
        ("a", 1, "succeeded", 1),
        ("a", 2, "succeeded", 1),
        ("b", 1, "succeeded", 1),
    ]
    assert deliver(sessions, clock) == 0
