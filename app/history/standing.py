"""What held of a worker at the end of a date: everything together."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.db.models import Worker
from app.history import discipline, employment, results
from app.history.asking import AsOf, as_of
from app.history.schemas import WorkerStandingOut
from app.kit.errors import NotFound
from app.people.posts import latest_posting, posting_on
from app.people.principal import Principal
from app.people.values import values_on
from app.rules.parameters import PARAMETERS
from app.rules.version import RULES_VERSION

PARTS = ("CON-", "APR-", "PAY-")
"""How the rules begin whose parameters are shown."""
READS_PAY = "pay:read"


def standing_of(
    session: Session, asker: Principal, worker_id: UUID, on: date | None, now: datetime
) -> WorkerStandingOut:
    """A worker who stands in the asker's unit now or stood there on the date."""
    asked = as_of(session, worker_id, on, now)
    _look(asker, asked)
    return _standing(asked, with_pay=READS_PAY in asker.scopes)


def own_standing(
    session: Session, asker: Principal, on: date | None, now: datetime
) -> WorkerStandingOut:
    """One's own, pay included."""
    return _standing(as_of(session, asker.as_worker(), on, now), with_pay=True)


def _look(asker: Principal, asked: AsOf) -> None:
    """Raises NotFound."""
    posts = (
        posting_on(asked.session, asked.worker_id, asked.on),
        latest_posting(asked.session, asked.worker_id),
    )
    if not any(post is not None and asker.sees(post.community_code) for post in posts):
        raise NotFound(worker=asked.worker_id)


def _standing(asked: AsOf, *, with_pay: bool) -> WorkerStandingOut:
    penalties = discipline.penalties(asked)
    return WorkerStandingOut(
        worker_id=asked.worker_id,
        worker_name=asked.session.get_one(Worker, asked.worker_id).name,
        on=asked.on,
        known_at=asked.known_at,
        post=employment.post(asked),
        grids=employment.grids(asked),
        contract=employment.contract(asked),
        resignation=employment.resignation(asked),
        leave=employment.leave(asked),
        proposals=discipline.proposals(asked),
        penalties=penalties,
        next_rung=discipline.next_rung(penalties),
        months=results.months(asked),
        last_grade=results.last_grade(asked),
        pay=results.pay(asked) if with_pay else None,
        values=_values(asked),
        rules_version=RULES_VERSION,
    )


def _values(asked: AsOf) -> dict[str, float | str]:
    """No parameter takes effect in the past: what was in force then was known then."""
    values = values_on(asked.session, asked.on).as_json()
    return {
        name: value for name, value in values.items() if PARAMETERS[name].rule.startswith(PARTS)
    }
