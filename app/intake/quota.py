"""How many requests an account may make in a minute, counted in this process."""

from datetime import datetime
from threading import Lock
from uuid import UUID

from app.kit.errors import TooManyRequests

MINUTE_S = 60.0


class Quota:
    """A sliding minute: this minute's count, and of the last one the part not yet passed.

    Safe between threads: an office's requests are counted beside those of handsets.
    """

    def __init__(self, requests_per_minute: int) -> None:
        self.allowed = requests_per_minute
        self.minute = 0
        self.now: dict[UUID, int] = {}
        self.before: dict[UUID, int] = {}
        self.lock = Lock()

    def count(self, account_id: UUID, now: datetime) -> None:
        """One more request; raises TooManyRequests when the minute is full."""
        with self.lock:
            self._count(account_id, now)

    def _count(self, account_id: UUID, now: datetime) -> None:
        minute, passed = divmod(now.timestamp(), MINUTE_S)
        if minute != self.minute:
            self.before = self.now if minute == self.minute + 1 else {}
            self.now, self.minute = {}, int(minute)
        used = self.now.get(account_id, 0)
        if used + self.before.get(account_id, 0) * (1 - passed / MINUTE_S) >= self.allowed:
            raise TooManyRequests(per_minute=self.allowed)
        self.now[account_id] = used + 1
