"""INT-1: what is taken in costs as much as it is, however much waits beside it."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from app.db.engine import Sessions
from app.db.models import InboundMessage
from app.platforms.taking_in import Line, process
from app.rules.delivery import InboundState
from app.rules.tasks import Platform
from tests.platforms.partner import Partner
from tests.platforms.taken import NOW, became

BACKLOG = 3000


@pytest.fixture
def backlog(db: Session, chengdu: Partner) -> Partner:
    """Messages that wait for what they name, with and without a subject."""
    later = NOW + timedelta(hours=1)
    db.execute(
        insert(InboundMessage),
        [
            {
                "platform": Platform.CHENGDU,
                "message_id": f"waits_{number}",
                "received_at": NOW,
                "sent_at": NOW,
                "digest": sha256(b"{}").digest(),
                "body": "{}",
                "subject": f"account:{number}" if number % 2 else None,
                "state": InboundState.STORED,
                "next_at": later,
            }
            for number in range(BACKLOG)
        ],
    )
    db.execute(text("analyze inbound_message"))
    db.commit()
    return chengdu


@pytest.mark.parametrize("name", ["account:7", "message:7"])
def test_int_1_a_subject_s_messages_are_found_by_an_index(
    backlog: Partner, db: Session, name: str
) -> None:
    asked = select(InboundMessage.id).where(Line(backlog.platform, name).waiting)
    plain = asked.compile(db.connection(), compile_kwargs={"literal_binds": True})
    [found] = [line for line in db.scalars(text(f"explain {plain}")) if "Index Cond" in line]
    assert "subject" in found or "id = 7" in found


def test_int_1_what_has_no_subject_is_taken_in_alone_beside_a_backlog(
    backlog: Partner, sessions: Sessions
) -> None:
    keys = [backlog.sends(body) for body in (b"no json", b"{}", b"[]")]
    assert process(sessions, NOW) == len(keys)
    assert became(backlog, *keys) == ["not_json", "missing_field", "not_json"]
