"""At which tier an office looks at events, and what of them it may read."""

from collections.abc import Collection

from app.db.models import IncidentCase
from app.people.principal import Principal
from app.rules import event_looks
from app.rules.divisions import tier_of
from app.rules.tiers import TIER_OF_UNIT, Tier

OFFICE, CENTRE = "leading_group_office", "command_centre"


def tier_of_asker(asker: Principal) -> Tier:
    """At which tier an office acts; the leading-group office and the centre share the city."""
    if OFFICE in asker.roles and CENTRE not in asker.roles:
        return Tier.OFFICE
    return TIER_OF_UNIT[asker.tier]


def tier_of_unit(code: str) -> Tier:
    """At which tier a unit acts."""
    return TIER_OF_UNIT[tier_of(code)]


def may_read(asker: Principal, case: IncidentCase, reached: Collection[Tier]) -> bool:
    """Whether what was written of an event is for the asker; `reached`: tiers that ever held it."""
    return event_looks.may_read(tier_of_asker(asker), case.severity, reached)
