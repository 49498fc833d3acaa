"""What was answered, counted; and what should never have been."""

from collections import Counter
from dataclasses import dataclass, field

SERVER_FAILED = 500
SHOWN = 40


@dataclass
class Tally:
    """Counts of one run."""

    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By kind, status and verdict or code."""
    requests: Counter[int] = field(default_factory=Counter)
    """By HTTP status."""
    fixes: Counter[str] = field(default_factory=Counter)
    unreachable: int = 0
    waited: int = 0
    """How often the server asked to come again later."""
    surprises: list[str] = field(default_factory=list)

    def outcome(self, kind: str, status: str, detail: object = "") -> None:
        """Something became of a record."""
        self.outcomes[kind, status, str(detail or "")] += 1

    def answered(self, status: int) -> None:
        """A request was answered."""
        self.requests[status] += 1

    def surprise(self, what: str) -> None:
        """The server contradicted the contract or itself."""
        self.surprises.append(what)

    @property
    def server_errors(self) -> int:
        """Answers of 500 and above, but 503 with its Retry-After."""
        return sum(
            times
            for status, times in self.requests.items()
            if status >= SERVER_FAILED and status != 503
        )

    @property
    def is_clean(self) -> bool:
        """Whether the server kept its word throughout."""
        return not self.surprises and not self.server_errors
