"""INT-2: what is told to the platforms is told at least once, in order, retried for days.

The numbers are those of Standard Webhooks 1.0.0 where it has them; the rest are readings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.dated import IN_FORCE, Dated, Since
from app.rules.finding import Finding

INT_2 = Cite("INT-2", "三(一)1 “4”", reading=True)

RETRY_DELAYS_S = Dated(
    Since(IN_FORCE, (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400), INT_2),
)
"""Before each attempt: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h."""
JITTER = 0.2
"""A delay is drawn out or cut by up to this share, so that not all come back at once."""
SLOW_DOWN = timedelta(seconds=60)
"""The least wait after a timeout, 429, 502 or 504."""
RETRY_AFTER_AT_MOST = timedelta(hours=1)
"""A receiver that asks for more is waited for so long, and asked again."""
RESTS_AFTER = 5
"""Failures in a row."""
REST_FIRST, REST_LONGEST = timedelta(seconds=30), timedelta(minutes=15)
DISABLED_AFTER = timedelta(days=5)
FAILURES_SPREAD = timedelta(hours=12)
TOLD_AT_ATTEMPT = 4
"""The attempt whose failure offices are told of."""
TAKES_AT_MOST = timedelta(seconds=15)
"""An attempt, from resolving the name to the last byte of the answer."""


class EndpointState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """Nothing is sent, and nothing is lost: deliveries wait."""
    DISABLED = "disabled"
    """Answered 410, or failed for days; events since then are told by a replay."""
    RETIRED = "retired"


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERING = "delivering"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    DEAD = "dead"


UNFINISHED = (DeliveryState.PENDING, DeliveryState.DELIVERING, DeliveryState.RETRYING)


class AttemptTrigger(StrEnum):
    AUTO = "auto"
    MANUAL = "manual"
    RECOVER = "recover"
    TEST = "test"


class AttemptError(StrEnum):
    """Why an attempt failed."""

    STATUS = "status"
    """It answered, and not with 2xx."""
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    REFUSED_ADDRESS = "refused_address"
    """The name leads to an address that the endpoint may not reach."""
    NO_TOKEN = "no_token"  # noqa: S105 - a word, no secret
    """The endpoint's OAuth issuer gave none."""
    NOT_SIGNED = "not_signed"
    """No key is valid, or the credentials lack what the scheme needs."""
    NOT_DRESSED = "not_dressed"
    """The platform's mapping knows no word for what is to be told."""


class Scheme(StrEnum):
    """How a message is authenticated."""

    STANDARD_WEBHOOKS = "standard_webhooks"
    HMAC_HEADER = "hmac_header"
    """HMAC-SHA256 in a header, with an app key and a timestamp."""
    OAUTH = "oauth"
    """OAuth 2 client credentials: a bearer token; only outward."""


class SecretUse(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class InboundState(StrEnum):
    """What became of a platform's message."""

    STORED = "stored"
    DONE = "done"
    STALE = "stale"
    """A later word on the same subject was taken before it came."""
    NOT_UNDERSTOOD = "not_understood"
    FAILED = "failed"


class AttemptVerdict(StrEnum):
    """What follows from an attempt."""

    SUCCEEDED = "succeeded"
    RETRY = "retry"
    DEAD = "dead"
    DISABLE = "disable"
    """The receiver says that it is gone (410): the delivery waits until somebody resumes it."""


@dataclass(frozen=True)
class Answer:
    """How an attempt ended: a status, or why there was none."""

    status: int | None = None
    error: AttemptError | None = None
    retry_after: timedelta | None = None

    @property
    def succeeded(self) -> bool:
        """Only 2xx; 3xx is a failure, redirects are not followed."""
        return self.error is None and self.status is not None and 200 <= self.status < 300

    @property
    def asks_to_slow_down(self) -> bool:
        """A timeout, 429, 502 or 504."""
        return self.error is AttemptError.TIMEOUT or self.status in {429, 502, 504}

    @property
    def asks_to_stop(self) -> bool:
        """For a while (429, or 503 with Retry-After), or for good (410)."""
        return self.status in {410, 429} or (self.status == 503 and self.retry_after is not None)

    @property
    def is_about_the_message(self) -> bool:
        """It lives and refuses this message only, or we could not even write it."""
        return self.error is AttemptError.NOT_DRESSED or self.status in {400, 409, 413, 415, 422}

    def said(self) -> Mapping[str, object]:
        """Plain."""
        asked = self.retry_after
        return {
            "status": self.status,
            "error": None if self.error is None else self.error.value,
            "retry_after_s": None if asked is None else asked.total_seconds(),
        }


@dataclass(frozen=True, kw_only=True)
class AttemptFinding(Finding[AttemptVerdict]):
    """What follows, and for a retry after how long."""

    delay: timedelta | None = None


@cites(INT_2)
def judge_attempt(attempt: int, answer: Answer, jitter: float, day: date) -> AttemptFinding:
    """What follows from the so-maniest attempt (1 is the first); `jitter` lies in [-1, 1]."""
    delays = RETRY_DELAYS_S.on(day)
    delay = None
    if answer.succeeded:
        verdict = AttemptVerdict.SUCCEEDED
    elif answer.status == 410:
        verdict = AttemptVerdict.DISABLE
    elif attempt >= len(delays):
        verdict = AttemptVerdict.DEAD
    else:
        verdict = AttemptVerdict.RETRY
        delay = _wait(timedelta(seconds=delays[attempt]), answer, jitter)
    because = {
        "attempt": attempt,
        "of": len(delays),
        "delay_s": None if delay is None else delay.total_seconds(),
        **answer.said(),
    }
    return AttemptFinding(verdict=verdict, cite=INT_2, because=because, delay=delay)


def _wait(planned: timedelta, answer: Answer, jitter: float) -> timedelta:
    """Never sooner than the receiver asks for, up to RETRY_AFTER_AT_MOST."""
    waits = [planned * (1 + JITTER * max(-1.0, min(jitter, 1.0)))]
    if answer.asks_to_slow_down:
        waits.append(SLOW_DOWN)
    if answer.retry_after is not None:
        waits.append(_asked(answer.retry_after))
    return max(waits)


def _asked(wait: timedelta) -> timedelta:
    return max(timedelta(0), min(wait, RETRY_AFTER_AT_MOST))


@dataclass(frozen=True, kw_only=True)
class RestFinding(Finding[bool]):
    """Whether an endpoint rests after a failure, and for how long."""

    rest: timedelta | None = None


@cites(INT_2)
def judge_rest(failures: int, answer: Answer) -> RestFinding:
    """After five failures in a row 30 s, doubled up to 15 min; at once when it asks for a pause.

    `failures` counts this one. While an endpoint rests nothing is tried and no attempt is used
    up; then one delivery tries, and when it succeeds all that waits goes at once.
    """
    rests = []
    if answer.status in {429, 503} and answer.retry_after is not None:
        rests.append(_asked(answer.retry_after))
    elif answer.status == 429:
        rests.append(SLOW_DOWN)
    if failures >= RESTS_AFTER:
        doublings = min(failures - RESTS_AFTER, 16)
        rests.append(min(REST_FIRST * 2**doublings, REST_LONGEST))
    rest = max(rests, default=None)
    because = {
        "failures": failures,
        "rest_s": None if rest is None else rest.total_seconds(),
        **answer.said(),
    }
    return RestFinding(verdict=rest is not None, cite=INT_2, because=because, rest=rest)


@cites(INT_2)
def judge_disabling(
    failing_since: datetime | None, failed_last_at: datetime | None, now: datetime
) -> Finding[bool]:
    """Whether an endpoint that fails again is given up: nothing but failures for five days.

    The failures before this one must span 12 hours: one failure, five idle days and another are
    not five days of failing.
    """
    gone = False
    if failing_since is not None and failed_last_at is not None:
        gone = (
            now - failing_since >= DISABLED_AFTER
            and failed_last_at - failing_since >= FAILURES_SPREAD
        )
    because = {
        "failing_since": None if failing_since is None else failing_since.isoformat(),
        "failed_last_at": None if failed_last_at is None else failed_last_at.isoformat(),
        "now": now.isoformat(),
    }
    return Finding(verdict=gone, cite=INT_2, because=because)


@cites(INT_2)
def judge_telling(attempt: int, failing_since: datetime, now: datetime, day: date) -> Finding[bool]:
    """Whether offices are told that an endpoint fails: at a delivery's fourth failed attempt.

    Or when nothing succeeded for as long as the ladder takes to that: where much waits each
    attempt is another delivery's first. `attempt` is 0 for one that is not of the ladder.
    """
    patience = timedelta(seconds=sum(RETRY_DELAYS_S.on(day)[:TOLD_AT_ATTEMPT]))
    because = {
        "attempt": attempt,
        "failing_since": failing_since.isoformat(),
        "patience_s": patience.total_seconds(),
        "now": now.isoformat(),
    }
    told = attempt == TOLD_AT_ATTEMPT or now - failing_since >= patience
    return Finding(verdict=told, cite=INT_2, because=because)


SUCCEEDED_KEPT = timedelta(days=30)
DEAD_KEPT = timedelta(days=180)
"""Also how long events are kept that nobody was told of."""
REPLAYED_AT_MOST = 10_000
"""Deliveries that one replay begins; it says where to go on."""


@cites(INT_2)
def may_replay_from(now: datetime) -> datetime:
    """A replay goes back no further than deliveries are kept that succeeded.

    Before that nobody could tell what was never told from what was told and is forgotten.
    """
    return now - SUCCEEDED_KEPT
