"""What a ground rests on: whether it is one, why, and the records behind it."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session

from app.people.months import MonthOfWorker

Plain: TypeAlias = Mapping[str, Any]
"""As JSON has it; never of a resident."""


@dataclass(frozen=True)
class Evidence:
    """What was owed, what was found, and each record by kind, key and where it can be opened."""

    stands: bool
    because: Plain
    records: Sequence[Plain] = ()
    said: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over all of it: the same facts have the same digest."""
        whole = [self.stands, self.because, self.records, self.said]
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


Judged: TypeAlias = Mapping[tuple[UUID, date], Evidence]
"""By worker and the date on which it occurred; also what was looked at and is no ground."""

Look: TypeAlias = Callable[[Session, Sequence[MonthOfWorker]], Judged]
"""Looks at the months of some workers, all of the same month, in a fixed number of queries."""

NOTHING = Evidence(stands=False, because={"found": False})
"""Nothing of the kind is on record any more."""


def record(kind: str, key: object, at: str, **says: Any) -> Plain:
    """A record behind a ground, and where it can be opened."""
    return {"kind": kind, "id": str(key), "at": at, **says}
