"""For which tier an account acts (ORG-1)."""

from collections.abc import Mapping

from app.people.principal import Principal
from app.rules.tiers import Tier

ACTS_FOR: Mapping[str, Tier] = {
    "worker": Tier.GRID,
    "station_lead": Tier.COMMUNITY,
    "township": Tier.TOWNSHIP,
    "command_centre": Tier.CENTRE,
    "leading_group_office": Tier.OFFICE,
}


def own_tiers(asker: Principal) -> frozenset[Tier]:
    """The tiers of one's roles."""
    return frozenset(ACTS_FOR[role] for role in asker.roles if role in ACTS_FOR)
