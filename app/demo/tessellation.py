"""Cut the city into townships, communities and grids: invented, compact, without gap or overlap.

Each parent is divided by a relaxed power diagram whose weights steer every child to its share
of the area. All lines are then noded together on a lattice of 1e-7 degrees, so neighbours have
their corners and edges in common and a parent is exactly the union of its children.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon, STRtree

Floats = NDArray[np.float64]
Point = tuple[float, float]

LATTICE_PER_DEGREE = 10**7
METRES_PER_DEGREE = 111_320.0
GRIDS_PER_COMMUNITY = 1400 / 468
FEWEST_GRIDS, MOST_GRIDS = 2, 5
URBAN_SHARE = 0.35  # the area of a neighbourhood (居委会) beside that of a village (村委会)
VILLAGE = "村民委员会"
SAMPLES_PER_CHILD = 250
ROUNDS = 45
EAGERNESS = 0.25  # how much of a missing area a child's weight makes good in one round


@dataclass(frozen=True)
class Division:
    """A real unit of the statistical division list."""

    code: str
    name: str
    level: str
    parent: str

    @property
    def is_village(self) -> bool:
        """A village (村), as opposed to a neighbourhood (社区)."""
        return self.name.endswith(VILLAGE)


@dataclass(frozen=True)
class Plane:
    """Local equirectangular metres around a point, from and to lattice units."""

    longitude: float
    latitude: float

    @property
    def metres_per_unit(self) -> Floats:
        north = METRES_PER_DEGREE / LATTICE_PER_DEGREE
        return np.array([north * cos(radians(self.latitude)), north])

    @property
    def origin(self) -> Floats:
        return np.array([self.longitude, self.latitude]) * LATTICE_PER_DEGREE

    def metres(self, lattice: Floats) -> Floats:
        return (lattice - self.origin) * self.metres_per_unit

    def lattice(self, metres: Floats) -> Floats:
        return metres / self.metres_per_unit + self.origin


@dataclass(frozen=True)
class Sites:
    """The centres and weights of a power diagram, in metres and square metres."""

    at: Floats
    weight: Floats

    def nearest(self, points: Floats) -> NDArray[np.intp]:
        east = points[:, :1] - self.at[:, 0]
        north = points[:, 1:] - self.at[:, 1]
        nearest: NDArray[np.intp] = (east * east + north * north - self.weight).argmin(axis=1)
        return nearest


def tessellate(
    boundary: Polygon,
    divisions: Sequence[Division],
    seed: int,
    townships: Collection[str] | None = None,
) -> dict[str, Polygon]:
    """Polygons in WGS84 by code, of the city and all below it.

    With `townships` only those, without the city itself.
    """
    plane = Plane(boundary.centroid.x, boundary.centroid.y)
    children = _children(divisions)
    grids = grids_by_community(divisions, seed)
    wanted = {d.code for d in divisions if townships is None or d.code in townships}
    (city,) = (d for d in divisions if d.level == "city")
    found: dict[str, Polygon] = {}
    outline = _scaled(boundary, LATTICE_PER_DEGREE)
    for township, land in _split(plane, outline, _shares(children, city.code), (seed, city.code)):
        if township not in wanted:
            continue
        shares = _shares(children, township)
        for community, part in _split(plane, land, shares, (seed, township)):
            even = {f"{community}{serial:03d}": 1.0 for serial in range(1, grids[community] + 1)}
            found |= dict(_split(plane, part, even, (seed, community)))
    tiers = (6, 9, 12) if townships is None else (9, 12)
    return _with_parents(_noded_together(found), tiers)


def grids_by_community(divisions: Sequence[Division], seed: int) -> dict[str, int]:
    """How many grids each community has: two to five, about three, always the same total."""
    codes = [d.code for d in divisions if d.level == "community"]
    spare = round(len(codes) * GRIDS_PER_COMMUNITY) - len(codes) * FEWEST_GRIDS
    chances = np.repeat(np.arange(len(codes)), MOST_GRIDS - FEWEST_GRIDS)
    drawn = np.random.default_rng(seed).permutation(chances)[:spare]
    more = np.bincount(drawn, minlength=len(codes))
    return {code: FEWEST_GRIDS + int(extra) for code, extra in zip(codes, more, strict=True)}


def _children(divisions: Sequence[Division]) -> dict[str, list[Division]]:
    found: dict[str, list[Division]] = {}
    for division in divisions:
        found.setdefault(division.parent, []).append(division)
    return found


def _shares(children: Mapping[str, Sequence[Division]], parent: str) -> dict[str, float]:
    """The relative area of each child: a township weighs what its communities weigh together."""

    def share(division: Division) -> float:
        below = children.get(division.code)
        if below:
            return sum(share(child) for child in below)
        return 1.0 if division.is_village else URBAN_SHARE

    return {child.code: share(child) for child in children[parent]}


def _split(
    plane: Plane, parent: Polygon, shares: Mapping[str, float], seed: tuple[int, str]
) -> list[tuple[str, Polygon]]:
    """The parent cut into one piece for each share, in lattice units; first codes in the middle."""
    rng = np.random.default_rng([seed[0], int(seed[1])])
    land = shapely.transform(parent, plane.metres)
    weights = np.array(list(shares.values()))
    targets = land.area * weights / weights.sum()
    sites = _relaxed(_samples(land, len(shares), rng), targets, land, rng)
    cells = [Polygon(plane.lattice(np.array(cell))) for cell in _power_cells(sites, land.bounds)]
    lines = [parent.boundary, *(cell.boundary for cell in cells)]
    faces = [face for face in _faces(lines) if parent.contains(face.point_on_surface())]
    owners = sites.nearest(plane.metres(_inner_points(faces)))
    return list(zip(shares, _whole(faces, owners, len(shares)), strict=True))


def _samples(land: Polygon, children: int, rng: np.random.Generator) -> Floats:
    """Points spread evenly over the land, a little shaken so that no two children tie."""
    west, south, east, north = land.bounds
    step = (land.area / (SAMPLES_PER_CHILD * children)) ** 0.5
    grid = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))
    points = np.column_stack([axis.ravel() for axis in grid])
    points += rng.uniform(0, step, points.shape)
    within: Floats = points[shapely.contains_xy(land, points[:, 0], points[:, 1])]
    return within


def _relaxed(points: Floats, targets: Floats, land: Polygon, rng: np.random.Generator) -> Sites:
    """Move centres to the middle of their cells, and weights until the areas are the targets.

    Centres and weights are rounded each round: a last-bit difference between machines then
    does not grow into another city.
    """
    count = len(targets)
    at = points[rng.choice(len(points), count, replace=False)]
    middle = np.array([land.centroid.x, land.centroid.y])
    at = at[np.argsort(((at - middle) ** 2).sum(axis=1))]
    sites = Sites(at, np.zeros(count))
    for _ in range(ROUNDS):
        owner = sites.nearest(points)
        held = np.bincount(owner, minlength=count)
        sums = [np.bincount(owner, weights=axis, minlength=count) for axis in points.T]
        centred = np.column_stack(sums) / np.maximum(held, 1)[:, None]
        at = np.where(held[:, None] > 0, centred, sites.at)
        missing = targets - held * (land.area / len(points))
        weight = sites.weight + EAGERNESS * missing
        sites = Sites(np.round(at), np.round(weight - weight.mean()))
    return sites


def _power_cells(sites: Sites, bounds: tuple[float, float, float, float]) -> list[list[Point]]:
    """Each site's convex cell, cut out of a box well around the bounds."""
    west, south, east, north = bounds
    wide = hypot(east - west, north - south)
    box = [
        (west - wide, south - wide),
        (east + wide, south - wide),
        (east + wide, north + wide),
        (west - wide, north + wide),
    ]
    reach = (sites.at**2).sum(axis=1) - sites.weight
    cells = []
    for own, power in zip(sites.at, reach, strict=True):
        cell = box
        for normal, limit in zip(2 * (sites.at - own), reach - power, strict=True):
            if normal.any():
                cell = _clipped(cell, (float(normal[0]), float(normal[1])), float(limit))
        cells.append(cell)
    return cells


def _clipped(ring: Sequence[Point], normal: Point, limit: float) -> list[Point]:
    """The part of a convex ring where the product with the normal is at most the limit."""
    kept: list[Point] = []
    beyond = [normal[0] * x + normal[1] * y - limit for x, y in ring]
    for here in range(len(ring)):
        (x0, y0), (x1, y1) = ring[here - 1], ring[here]
        before, after = beyond[here - 1], beyond[here]
        if (before > 0) != (after > 0):
            part = before / (before - after)
            kept.append((x0 + part * (x1 - x0), y0 + part * (y1 - y0)))
        if after <= 0:
            kept.append((x1, y1))
    return kept


def _faces(lines: Sequence[shapely.Geometry]) -> list[Polygon]:
    """The areas that the lines enclose once every crossing is a corner on the lattice."""
    noded = shapely.union_all(lines, grid_size=1)
    return list(shapely.polygonize([noded]).geoms)


def _inner_points(faces: Sequence[Polygon]) -> Floats:
    inner: Floats = shapely.get_coordinates(shapely.point_on_surface(faces))
    return inner


def _whole(faces: Sequence[Polygon], owners: NDArray[np.intp], count: int) -> list[Polygon]:
    """One polygon for each owner: a part cut off by a bend of the parent goes to its neighbour."""
    pieces: list[Polygon] = []
    strays: list[Polygon] = []
    for owner in range(count):
        own = [face for face, its in zip(faces, owners, strict=True) if its == owner]
        parts = sorted(shapely.get_parts(shapely.union_all(own)), key=lambda part: -part.area)
        pieces.append(parts[0])
        strays += parts[1:]
    while strays:
        stray = strays.pop(0)
        borders = shapely.length(shapely.intersection(stray, pieces))
        if borders.max() > 0:
            pieces[borders.argmax()] = pieces[borders.argmax()].union(stray)
        else:
            strays.append(stray)
    return pieces


def _noded_together(grids: Mapping[str, Polygon]) -> dict[str, Polygon]:
    """The same grids with the corners of every neighbour, also across parents."""
    codes = list(grids)
    tree = STRtree(list(grids.values()))
    faces = _faces([grid.boundary for grid in grids.values()])
    owners = tree.nearest(shapely.points(_inner_points(faces)))
    pieces = _whole(faces, owners, len(codes))
    return {code: _degrees(piece) for code, piece in zip(codes, pieces, strict=True)}


def _with_parents(grids: Mapping[str, Polygon], tiers: Sequence[int]) -> dict[str, Polygon]:
    """Add each unit with a code of so many digits as the union of the grids below it."""
    found: dict[str, Polygon] = {}
    for digits in tiers:
        below: dict[str, list[Polygon]] = {}
        for code, grid in grids.items():
            below.setdefault(code[:digits], []).append(grid)
        found |= {code: shapely.coverage_union_all(parts) for code, parts in below.items()}
    return {code: shapely.normalize(area) for code, area in (found | dict(grids)).items()}


def _scaled(area: Polygon, factor: float) -> Polygon:
    return shapely.transform(area, lambda corners: np.round(corners * factor))


def _degrees(area: Polygon) -> Polygon:
    return shapely.transform(area, lambda corners: np.round(corners / LATTICE_PER_DEGREE, 7))
