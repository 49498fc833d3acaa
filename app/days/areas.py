"""Areas that field time is measured in, prepared once for all that ask."""

from functools import lru_cache

from shapely import from_wkb

from app.rules.area import EDGE_TOLERANCE_M, Area, prepare_area
from app.rules.parameters import Values

AREAS_KEPT = 1024


def area_of(outlines: tuple[bytes, ...], values: Values) -> Area:
    """The union of some grids, widened by the tolerance in force."""
    return _prepared(outlines, values[EDGE_TOLERANCE_M])


@lru_cache(maxsize=AREAS_KEPT)
def _prepared(outlines: tuple[bytes, ...], tolerance_m: float) -> Area:
    """Kept by the outlines themselves: a boundary that was corrected is another area."""
    values = Values(((EDGE_TOLERANCE_M.name, tolerance_m),))
    return prepare_area([from_wkb(outline) for outline in outlines], values)
