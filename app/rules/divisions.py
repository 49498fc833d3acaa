"""Units by their statistical division codes: a subtree is a prefix (ORG-1, ORG-6)."""

from enum import StrEnum


class UnitTier(StrEnum):
    """What a unit is, by the length of its code."""

    CITY = "city"
    TOWNSHIP = "township"
    COMMUNITY = "community"
    GRID = "grid"


TIERS = {6: UnitTier.CITY, 9: UnitTier.TOWNSHIP, 12: UnitTier.COMMUNITY, 15: UnitTier.GRID}


def tier_of(code: str) -> UnitTier:
    """The tier of a division code; ValueError for any other length or a code with letters."""
    if not (code.isascii() and code.isdigit()) or len(code) not in TIERS:
        raise ValueError(f"{code!r} is not a division code")
    return TIERS[len(code)]


def ancestors(code: str) -> tuple[str, ...]:
    """The code itself and every unit above it within the city, lowest first."""
    return tuple(code[:length] for length in (15, 12, 9, 6) if length <= len(code))
