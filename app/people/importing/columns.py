"""The headings that are understood, in both languages, and the kinds of files they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from app.rules.coordinates import ReferenceSystem
from app.rules.corps import RosterCategory
from app.rules.divisions import UnitTier
from app.rules.duty import Employment

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("编码", "代码", "区划代码", "单位编码"),
    "name": ("名称", "姓名", "单位名称", "站点名称"),
    "tier": ("层级",),
    "community_code": ("社区编码", "社区代码", "社区（村）编码"),
    "lon": ("经度", "longitude"),
    "lat": ("纬度", "latitude"),
    "crs": ("坐标系",),
    "phone": ("电话", "手机", "手机号", "联系电话"),
    "level": ("级别",),
    "category": ("类别", "队伍类别"),
    "employment": ("用工形式", "用工性质"),
    "grid_code": ("网格编码", "网格代码"),
    "first_responsible": ("第一责任人", "是否第一责任人"),
    "from": ("起始日期", "开始日期", "生效日期"),
}


class Kind(StrEnum):
    """What a table of the city's registers holds."""

    WORKERS = "workers"
    STATIONS = "stations"
    UNITS = "units"


@dataclass(frozen=True)
class Form:
    """The columns of a kind."""

    needed: frozenset[str]
    optional: frozenset[str]


@dataclass(frozen=True)
class Vocabulary:
    """Which headings name which columns, and which columns make which kind of table."""

    headings: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, Form]
    """The first form whose needed columns are all there is the file's kind."""

    @cached_property
    def _canonical(self) -> Mapping[str, str]:
        return {
            written: column
            for column, others in self.headings.items()
            for written in (column, *others)
        }

    def column(self, written: str) -> str:
        """The column that a heading names; the heading itself if none."""
        plain = written.strip().lower().lstrip("\ufeff")
        return self._canonical.get(plain, plain)

    def kind_of(self, columns: frozenset[str]) -> str | None:
        """What a table with these columns holds."""
        return next((kind for kind, form in self.forms.items() if form.needed <= columns), None)


FORMS: Mapping[str, Form] = {
    Kind.WORKERS: Form(
        frozenset({"name", "phone", "level", "community_code", "from"}),
        frozenset({"category", "employment", "grid_code", "first_responsible"}),
    ),
    Kind.STATIONS: Form(
        frozenset({"community_code", "name", "lon", "lat"}), frozenset({"crs", "from"})
    ),
    Kind.UNITS: Form(frozenset({"code", "name"}), frozenset({"tier"})),
}
REGISTERS = Vocabulary(HEADINGS, FORMS)


TIERS: Mapping[str, UnitTier] = {
    **{tier.value: tier for tier in UnitTier},
    "市": UnitTier.CITY,
    "乡镇": UnitTier.TOWNSHIP,
    "镇": UnitTier.TOWNSHIP,
    "乡": UnitTier.TOWNSHIP,
    "街道": UnitTier.TOWNSHIP,
    "社区": UnitTier.COMMUNITY,
    "村": UnitTier.COMMUNITY,
    "网格": UnitTier.GRID,
}
EMPLOYMENTS: Mapping[str, Employment] = {
    **{employment.value: employment for employment in Employment},
    "专职": Employment.FULL_TIME,
    "农村兼职": Employment.RURAL_PART_TIME,
    "兼职": Employment.RURAL_PART_TIME,
}
CATEGORIES: Mapping[str, RosterCategory] = {
    **{category.value: category for category in RosterCategory},
    "内保": RosterCategory.INTERNAL_SECURITY,
    "门卫": RosterCategory.GATEKEEPER,
    "院委会": RosterCategory.COURTYARD_COMMITTEE,
    "楼栋长": RosterCategory.BUILDING_LEAD,
    "店铺联防": RosterCategory.SHOP_JOINT_DEFENCE,
    "志愿者": RosterCategory.VOLUNTEER,
    "巡逻队": RosterCategory.PATROL_TEAM,
    "城管": RosterCategory.URBAN_MANAGEMENT,
    "执法": RosterCategory.LAW_ENFORCEMENT,
    "民兵": RosterCategory.MILITIA,
    "公益性岗位": RosterCategory.PUBLIC_WELFARE_POST,
}
LEVELS: Mapping[str, int] = {"1": 1, "2": 2, "3": 3, "一级": 1, "二级": 2, "三级": 3}
YES_OR_NO: Mapping[str, bool] = {
    **dict.fromkeys(("是", "yes", "y", "true", "1"), True),
    **dict.fromkeys(("否", "no", "n", "false", "0"), False),
}
SYSTEMS: Mapping[str, ReferenceSystem] = {
    "wgs84": ReferenceSystem.WGS84,
    "gcj02": ReferenceSystem.GCJ02,
    "bd09": ReferenceSystem.BD09,
}
