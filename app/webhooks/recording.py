"""What became of attempts: rows of the log, new states, and how the endpoint fares (INT-2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, Text, bindparam, insert, text
from sqlalchemy.orm import Session

from app.db.models import WebhookAttempt, WebhookEndpoint
from app.rules.civil import civil_day
from app.rules.delivery import (
    REST_FIRST,
    Answer,
    AttemptError,
    AttemptVerdict,
    DeliveryState,
    EndpointState,
    judge_attempt,
    judge_disabling,
    judge_rest,
    judge_telling,
)
from app.webhooks.claiming import Claimed, rests
from app.webhooks.notices import tell_disabled, tell_failing

GONE, FAILING = "gone", "failing"
GONE_STATUS = 410
INSTANTS = DateTime(timezone=True)
STATES = text(
    """
    update webhook_delivery delivery
    set state = became.state, attempts = became.attempts, claimed_until = null,
        next_at = coalesce(became.next_at, delivery.next_at),
        finished_at = became.finished_at
    from unnest(
        cast(:ids as bigint[]), cast(:untils as timestamptz[]), cast(:states as text[]),
        cast(:attempts as int[]), cast(:next_ats as timestamptz[]),
        cast(:finished_ats as timestamptz[])
    ) as became (id, until, state, attempts, next_at, finished_at)
    -- Whoever lost the lease says nothing of the state: another one sends it now.
    where delivery.id = became.id and delivery.state = 'delivering'
        and delivery.claimed_until = became.until
    """
).bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("untils", type_=ARRAY(INSTANTS)),
    bindparam("states", type_=ARRAY(Text)),
    bindparam("attempts", type_=ARRAY(Integer)),
    bindparam("next_ats", type_=ARRAY(INSTANTS)),
    bindparam("finished_ats", type_=ARRAY(INSTANTS)),
)
AT_ONCE = text(
    """
    update webhook_delivery set next_at = 'epoch'
    where endpoint_id = :endpoint and state = 'retrying' and next_at > 'epoch'
    """
)


@dataclass(frozen=True)
class Sent:
    """What became of a delivery that was claimed; without an answer it was not sent."""

    claimed: Claimed
    answer: Answer | None = None
    started_at: datetime | None = None
    took: timedelta = timedelta(0)
    excerpt: str | None = None


@dataclass(frozen=True)
class Became:
    """The state of a delivery after an attempt; no `next_at`: as it was."""

    state: DeliveryState
    attempts: int
    next_at: datetime | None = None
    finished_at: datetime | None = None


def record(
    session: Session,
    endpoint: WebhookEndpoint,
    sent: Sequence[Sent],
    now: datetime,
    jitter: Callable[[], float],
) -> None:
    """Write what became of deliveries, in a few statements however many. The endpoint is held."""
    tried = [each for each in sent if each.answer is not None]
    if tried:
        session.execute(insert(WebhookAttempt), [_attempt(each) for each in tried])
    for each in tried:
        _fares(session, endpoint, each, now)
    became = [_became(each, now, jitter()) for each in sent]
    if endpoint.state is EndpointState.RETIRED:
        became = [_given_up(each, now) for each in became]
    _write(session, sent, became)


def _attempt(sent: Sent) -> dict[str, object]:
    assert sent.answer is not None
    error = sent.answer.error
    return {
        "delivery_id": sent.claimed.delivery_id,
        "number": sent.claimed.attempts + 1,
        "trigger": sent.claimed.trigger,
        "started_at": sent.started_at,
        "took_ms": round(sent.took / timedelta(milliseconds=1)),
        "status": sent.answer.status,
        "error": None if error is None else error.value,
        "excerpt": sent.excerpt,
    }


def _became(sent: Sent, now: datetime, jitter: float) -> Became:
    claimed = sent.claimed
    stays = Became(
        DeliveryState.RETRYING if claimed.attempts else DeliveryState.PENDING, claimed.attempts
    )
    if sent.answer is None:
        return stays
    number = claimed.attempts + 1
    found = judge_attempt(number, sent.answer, jitter, civil_day(now))
    if found.verdict is AttemptVerdict.SUCCEEDED:
        return Became(DeliveryState.SUCCEEDED, number, finished_at=now)
    if found.verdict is AttemptVerdict.DISABLE or not claimed.counts:
        return stays
    if found.verdict is AttemptVerdict.DEAD:
        return Became(DeliveryState.DEAD, number, finished_at=now)
    assert found.delay is not None
    return Became(DeliveryState.RETRYING, number, next_at=now + found.delay)


def _given_up(became: Became, now: datetime) -> Became:
    """Nobody is there to be told any more."""
    if became.finished_at is not None:
        return became
    return Became(DeliveryState.DEAD, became.attempts, finished_at=now)


def _write(session: Session, sent: Sequence[Sent], became: Sequence[Became]) -> None:
    if not sent:
        return
    session.execute(
        STATES,
        {
            "ids": [each.claimed.delivery_id for each in sent],
            "untils": [each.claimed.until for each in sent],
            "states": [each.state.value for each in became],
            "attempts": [each.attempts for each in became],
            "next_ats": [each.next_at for each in became],
            "finished_ats": [each.finished_at for each in became],
        },
    )


def _fares(session: Session, endpoint: WebhookEndpoint, sent: Sent, now: datetime) -> None:
    """What an attempt says of its endpoint."""
    assert sent.answer is not None
    if sent.answer.error is AttemptError.NOT_DRESSED:
        _was_not_asked(endpoint, sent, now)
    elif sent.answer.succeeded:
        endpoint.failures, endpoint.failing_since = 0, None
        _wakes(session, endpoint, sent)
    else:
        _fails(session, endpoint, sent, sent.answer, now)


def _was_not_asked(endpoint: WebhookEndpoint, sent: Sent, now: datetime) -> None:
    """A probe that could not be written leaves the endpoint as it was."""
    if sent.claimed.probe:
        endpoint.rests_until = now + REST_FIRST


def _wakes(session: Session, endpoint: WebhookEndpoint, sent: Sent) -> None:
    """It answered the probe: all that waits goes at once."""
    if sent.claimed.probe:
        endpoint.rests_until = None
        session.execute(AT_ONCE, {"endpoint": endpoint.id})


def _fails(
    session: Session, endpoint: WebhookEndpoint, sent: Sent, answer: Answer, now: datetime
) -> None:
    at = sent.started_at or now
    hopeless = judge_disabling(endpoint.failing_since, endpoint.failed_last_at, at).verdict
    endpoint.failing_since = endpoint.failing_since or at
    endpoint.failed_last_at = at
    if answer.is_about_the_message:
        _wakes(session, endpoint, sent)
    else:
        _rests(endpoint, sent, answer, now)
    if answer.status == GONE_STATUS or hopeless:
        _disable(session, endpoint, GONE if answer.status == GONE_STATUS else FAILING, answer)
    else:
        _tells(session, endpoint, sent, answer, at)


def _tells(
    session: Session, endpoint: WebhookEndpoint, sent: Sent, answer: Answer, at: datetime
) -> None:
    assert endpoint.failing_since is not None
    attempt = sent.claimed.attempts + 1 if sent.claimed.counts else 0
    if judge_telling(attempt, endpoint.failing_since, at, civil_day(at)).verdict:
        tell_failing(session, endpoint, sent.claimed.event.id, answer)


def _rests(endpoint: WebhookEndpoint, sent: Sent, answer: Answer, now: datetime) -> None:
    """What was under way when the rest began does not draw it out."""
    if rests(endpoint, now) and not sent.claimed.probe:
        return
    endpoint.failures += 1
    rest = judge_rest(endpoint.failures, answer).rest
    if rest is not None:
        endpoint.rests_until = now + rest
    elif sent.claimed.probe:
        endpoint.rests_until = now + REST_FIRST


def _disable(session: Session, endpoint: WebhookEndpoint, why: str, answer: Answer) -> None:
    if endpoint.state in {EndpointState.ACTIVE, EndpointState.PAUSED}:
        endpoint.state = EndpointState.DISABLED
        endpoint.why_disabled = why
        tell_disabled(session, endpoint, answer)
