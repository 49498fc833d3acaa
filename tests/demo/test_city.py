"""The demo city's units, stations and people: real names and codes, everything else invented."""

from collections import Counter
from itertools import chain

import pytest
import shapely

from app.demo.city import BOUNDARY_NOTE, DemoCity, build, feature_collection, short_name
from app.people.roles import ROLES
from app.rules.divisions import UnitTier, ancestors, tier_of
from app.rules.duty import Employment


def test_counts(jianyang: DemoCity) -> None:
    assert Counter(unit.tier for unit in jianyang.units) == {
        UnitTier.CITY: 1,
        UnitTier.TOWNSHIP: 37,
        UnitTier.COMMUNITY: 468,
        UnitTier.GRID: 1400,
    }
    assert len(jianyang.stations) == 468
    assert len(jianyang.workers) == 1500


def test_same_seed_same_city(jianyang: DemoCity) -> None:
    assert build() == jianyang


def test_codes_are_prefixes_and_parents_come_first(jianyang: DemoCity) -> None:
    seen: set[str | None] = {None}
    for unit in jianyang.units:
        assert unit.tier is tier_of(unit.code)
        assert unit.parent in seen
        assert (unit.code, unit.parent)[: len(ancestors(unit.code))] == ancestors(unit.code)[:2]
        seen.add(unit.code)
    assert len(seen) == len(jianyang.units) + 1
    assert jianyang.boundaries.keys() == seen - {None}


def test_names(jianyang: DemoCity) -> None:
    names = {unit.code: unit.name for unit in jianyang.units}
    assert names["510185001024"] == "龙垭社区居民委员会"
    assert names["510185001024001"] == "龙垭社区第1网格"
    stations = {station.community: station.name for station in jianyang.stations}
    assert stations["510185001024"] == "龙垭社区网格化服务管理站"
    assert short_name("绛溪社区居委会") == "绛溪社区"
    assert short_name("大鹅村村民委员会") == "大鹅村"


def test_each_station_stands_inside_its_community(jianyang: DemoCity) -> None:
    for station in jianyang.stations:
        area = jianyang.boundaries[station.community]
        assert area.contains(station.point)
        assert station.point.distance(area.exterior) > 1e-4


def test_a_grid_has_one_first_responsible_worker_or_is_vacant(jianyang: DemoCity) -> None:
    first = Counter(chain.from_iterable(worker.first_of for worker in jianyang.workers))
    codes = {grid.code for grid in jianyang.grids}
    assert set(first.values()) == {1}
    assert first.keys() <= codes
    assert len(codes - first.keys()) == 5


def test_workers_hold_grids_of_their_own_community(jianyang: DemoCity) -> None:
    for worker in jianyang.workers:
        assert worker.level == 1
        assert {grid[:12] for grid in worker.grids} == {worker.community}
        assert not (worker.first_of and worker.further_of)
    held = Counter(len(worker.first_of) for worker in jianyang.workers)
    assert held == {0: 115, 1: 1375, 2: 10}


def test_further_workers_help_where_someone_is_responsible(jianyang: DemoCity) -> None:
    first = set(chain.from_iterable(worker.first_of for worker in jianyang.workers))
    helped = [grid for worker in jianyang.workers for grid in worker.further_of]
    assert len(set(helped)) == len(helped)
    assert set(helped) <= first


def test_part_time_workers_serve_villages_of_towns_only(jianyang: DemoCity) -> None:
    names = {unit.code: unit.name for unit in jianyang.units}
    part_time = [w for w in jianyang.workers if w.employment is Employment.RURAL_PART_TIME]
    for worker in part_time:
        assert names[worker.community].endswith("村民委员会")
        assert names[worker.community[:9]].endswith("镇")
    rural = {
        u.code
        for u in jianyang.units
        if u.name.endswith("村民委员会") and names[u.code[:9]].endswith("镇")
    }
    share = len(part_time) / sum(worker.community in rural for worker in jianyang.workers)
    assert 0.05 < share < 0.15


def test_phone_numbers_are_unique_and_in_the_invented_ranges(jianyang: DemoCity) -> None:
    staff = [worker.phone for worker in jianyang.workers]
    others = [m.phone for m in jianyang.roster] + [a.phone for a in jianyang.accounts]
    assert staff == [str(19900000001 + serial) for serial in range(1500)]
    phones = staff + others
    assert len(set(phones)) == len(phones)
    assert {phone[:4] for phone in phones} == {"1990", "1991", "1880"}
    assert {len(phone) for phone in phones} == {11}


def test_roster_of_levels_two_and_three(jianyang: DemoCity) -> None:
    members = Counter((member.grid, member.level) for member in jianyang.roster)
    assert len(members) == 200
    assert set(members.values()) == {1}
    assert {member.grid for member in jianyang.roster} <= {grid.code for grid in jianyang.grids}
    levels = {level: {m.category for m in jianyang.roster if m.level == level} for level in (2, 3)}
    assert (len(levels[2]), len(levels[3])) == (6, 5)
    assert not levels[2] & levels[3]


def test_offices(jianyang: DemoCity) -> None:
    assert Counter(account.role for account in jianyang.accounts) == {
        "station_lead": 468,
        "township": 37,
        "command_centre": 2,
        "leading_group_office": 1,
        "finance": 1,
        "auditor": 1,
        "system_administrator": 1,
        "security_administrator": 1,
        "information_administrator": 468,
    }
    assert {account.role for account in jianyang.accounts} <= ROLES.keys()
    leads = [account.unit for account in jianyang.accounts if account.role == "station_lead"]
    assert len(set(leads)) == 468
    informers = [a.unit for a in jianyang.accounts if a.role == "information_administrator"]
    assert informers == leads


@pytest.mark.parametrize(("tier", "size"), [(UnitTier.CITY, 1), (UnitTier.TOWNSHIP, 37)])
def test_exported_boundaries_say_what_is_invented(
    jianyang: DemoCity, tier: UnitTier, size: int
) -> None:
    exported = feature_collection(jianyang, tier)
    assert exported["note"] == BOUNDARY_NOTE == jianyang.boundary_note
    features = exported["features"]
    assert isinstance(features, list)
    assert len(features) == size
    for feature in features:
        assert feature["properties"]["invented"] is (tier is not UnitTier.CITY)
        area = shapely.geometry.shape(feature["geometry"])
        assert area.equals(jianyang.boundaries[feature["properties"]["code"]])
