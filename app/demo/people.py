"""Invented people for the demo city: workers, the roster of levels 2 and 3, office accounts.

Names are drawn from lists of syllables; phone numbers are counted up from round numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle, islice

import numpy as np

from app.demo.tessellation import Division
from app.rules.corps import RosterCategory
from app.rules.duty import Employment

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
FIRST_SYLLABLES = "建国志文明永春秋海玉秀桂晓小丽红俊光德正世家荣华良新忠思雨子天"
SECOND_SYLLABLES = "军强平芳英梅兰琴霞燕辉斌涛波刚勇杰超鹏宇琳雪娟敏静洁莲蓉林川山峰泽"
WORKER_PHONES = 199_0000_0001
ROSTER_PHONES = 199_1000_0001
OFFICE_PHONES = {
    "station_lead": 188_0000_0001,
    "township": 188_0100_0001,
    "command_centre": 188_0200_0001,
    "leading_group_office": 188_0300_0001,
    "finance": 188_0400_0001,
    "auditor": 188_0500_0001,
    "system_administrator": 188_0600_0001,
    "security_administrator": 188_0700_0001,
    "information_administrator": 188_0800_0001,
}
VACANT_GRIDS = 5
HOLDERS_OF_TWO = 10
PART_TIME_SHARE = 0.10
SHORT_NAME_SHARE = 0.15
ROSTER_GRIDS = 100
LEVEL_2 = (
    RosterCategory.INTERNAL_SECURITY,
    RosterCategory.GATEKEEPER,
    RosterCategory.COURTYARD_COMMITTEE,
    RosterCategory.BUILDING_LEAD,
    RosterCategory.SHOP_JOINT_DEFENCE,
    RosterCategory.VOLUNTEER,
)
LEVEL_3 = (
    RosterCategory.PATROL_TEAM,
    RosterCategory.URBAN_MANAGEMENT,
    RosterCategory.LAW_ENFORCEMENT,
    RosterCategory.MILITIA,
    RosterCategory.PUBLIC_WELFARE_POST,
)


@dataclass(frozen=True)
class DemoWorker:
    """A level-1 worker: first responsible for some grids, a further worker of others (ORG-2)."""

    phone: str
    name: str
    community: str
    employment: Employment
    first_of: tuple[str, ...]
    further_of: tuple[str, ...]
    level: int = 1

    @property
    def grids(self) -> tuple[str, ...]:
        """All the worker's grids: the field-time area is their union (ORG-2)."""
        return self.first_of + self.further_of


@dataclass(frozen=True)
class RosterMember:
    """A member of level 2 or 3 of one grid: no sign-in, no appraisal (ORG-3)."""

    phone: str
    name: str
    level: int
    category: RosterCategory
    grid: str


@dataclass(frozen=True)
class OfficeAccount:
    """Someone who acts at one unit in one role."""

    phone: str
    name: str
    role: str
    unit: str


def workers(
    grids: Mapping[str, Sequence[str]], divisions: Sequence[Division], seed: int, size: int
) -> tuple[DemoWorker, ...]:
    """So many workers for the grids of each community, first the first responsible ones.

    A few hold two grids and a few grids stay vacant, so that ORG-2 has something to report; who
    is left over helps in a grid of a neighbourhood.
    """
    rng = np.random.default_rng([seed, 1])
    held = _holdings(grids, rng)[:size]
    helped = _helped(held, divisions, rng, size - len(held))
    posts = [(first, ()) for first in held] + [((), (grid,)) for grid in helped]
    names = invented_names(rng, len(posts))
    rural = _rural(divisions)
    found = []
    for phone, name, (first, further) in zip(count(WORKER_PHONES), names, posts, strict=False):
        community = (first + further)[0][:12]
        part_time = community in rural and rng.random() < PART_TIME_SHARE
        employment = Employment.RURAL_PART_TIME if part_time else Employment.FULL_TIME
        found.append(DemoWorker(str(phone), name, community, employment, first, further))
    return tuple(found)


def roster(grids: Sequence[str], seed: int) -> tuple[RosterMember, ...]:
    """One member of level 2 and one of level 3 for some of the grids."""
    rng = np.random.default_rng([seed, 2])
    chosen = sorted(rng.permutation(len(grids))[:ROSTER_GRIDS])
    places = [(grids[index], level) for index in chosen for level in (2, 3)]
    names = invented_names(rng, len(places))
    categories = {2: cycle(LEVEL_2), 3: cycle(LEVEL_3)}
    return tuple(
        RosterMember(str(ROSTER_PHONES + serial), name, level, next(categories[level]), grid)
        for serial, (name, (grid, level)) in enumerate(zip(names, places, strict=True))
    )


def accounts(divisions: Sequence[Division], seed: int) -> tuple[OfficeAccount, ...]:
    """The offices' accounts: one role each, so that no one combines administration and audit."""
    (city,) = (d.code for d in divisions if d.level == "city")
    townships = [d.code for d in divisions if d.level == "township"]
    communities = [d.code for d in divisions if d.level == "community"]
    units = {
        "station_lead": communities,
        "township": townships,
        "command_centre": [city, city],
        "leading_group_office": [city],
        "finance": [city],
        "auditor": [city],
        "system_administrator": [city],
        "security_administrator": [city],
        "information_administrator": communities,
    }
    names = iter(
        invented_names(np.random.default_rng([seed, 3]), sum(len(at) for at in units.values()))
    )
    return tuple(
        OfficeAccount(str(OFFICE_PHONES[role] + serial), next(names), role, unit)
        for role, at in units.items()
        for serial, unit in enumerate(at)
    )


def invented_names(rng: np.random.Generator, size: int) -> list[str]:
    """So many names of a surname and one or two syllables."""
    syllables = (SURNAMES, FIRST_SYLLABLES, SECOND_SYLLABLES)
    drawn = [rng.integers(0, len(choice), size) for choice in syllables]
    single = rng.random(size) < SHORT_NAME_SHARE
    return [
        SURNAMES[family] + ("" if short else FIRST_SYLLABLES[first]) + SECOND_SYLLABLES[second]
        for family, first, second, short in zip(*drawn, single, strict=True)
    ]


def _holdings(
    grids: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> list[tuple[str, ...]]:
    """The grids that each first responsible worker holds; a vacant grid is in none."""
    order = [list(grids)[index] for index in rng.permutation(len(grids))]
    vacant = set(order[:VACANT_GRIDS])
    doubled = set(order[VACANT_GRIDS : VACANT_GRIDS + HOLDERS_OF_TWO])
    held: list[tuple[str, ...]] = []
    for community, codes in grids.items():
        together = 2 if community in doubled else 1
        held.append(tuple(codes[:together]))
        held += [(code,) for code in codes[together : -1 if community in vacant else None]]
    return held


def _helped(
    held: Sequence[tuple[str, ...]],
    divisions: Sequence[Division],
    rng: np.random.Generator,
    size: int,
) -> list[str]:
    """The busy grids, in neighbourhoods, that get a further worker: each once before any twice."""
    villages = {d.code for d in divisions if d.is_village}
    staffed = [code for codes in held for code in codes]
    busy = [code for code in staffed if code[:12] not in villages] or staffed
    shuffled = [busy[index] for index in rng.permutation(len(busy))]
    return list(islice(cycle(shuffled), max(size, 0)))


def _rural(divisions: Sequence[Division]) -> set[str]:
    """Villages of towns and rural townships, where part-time workers may serve (ORG-3)."""
    towns = {d.code for d in divisions if d.level == "township" and d.name.endswith(("镇", "乡"))}
    return {d.code for d in divisions if d.is_village and d.parent in towns}
