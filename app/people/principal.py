"""Who asks: one account acting at one unit (ORG-1)."""

from dataclasses import dataclass
from uuid import UUID

from app.kit.errors import Forbidden, NotFound
from app.rules.divisions import UnitTier, tier_of
from app.rules.tiers import lies_within


@dataclass(frozen=True)
class Principal:
    """An authenticated account with what its token and its standing say."""

    account_id: UUID
    name: str
    unit_code: str
    roles: tuple[str, ...]
    scopes: frozenset[str]
    worker_id: UUID | None
    device_id: UUID | None
    login_id: UUID

    @property
    def tier(self) -> UnitTier:
        """The tier of the unit acted for."""
        return tier_of(self.unit_code)

    def sees(self, code: str | None) -> bool:
        """Whether a unit lies in the subtree of one's own."""
        return code is not None and lies_within(code, self.unit_code)

    def look(self, code: str | None) -> None:
        """Things beyond one's unit are not there: raises NotFound."""
        if not self.sees(code):
            raise NotFound

    def act(self, code: str | None) -> None:
        """Acts beyond one's unit are refused: raises Forbidden."""
        if not self.sees(code):
            raise Forbidden(unit=code)

    def as_worker(self) -> UUID:
        """The worker who acts for himself or herself; raises Forbidden for an office."""
        if self.worker_id is None:
            raise Forbidden(needed=["worker"])
        return self.worker_id
