"""What the city's registers refuse: units, boundaries, stations, workers, calendar, parameters."""

from app.kit.errors import Refusal


class EffectiveInThePast(Refusal):
    """It may not take effect in the past: what was judged stays judged."""

    code = "city.effective_in_the_past"
    status = 422
    zh = "生效日期不得早于今天：已评定的日期不受影响。"
    rule = "0"
    clause = "八"


class PolygonInvalid(Refusal):
    """The polygon is not valid; `why` and `at` say what is wrong and where."""

    code = "city.polygon_invalid"
    status = 422
    zh = "多边形无效，原因和位置见 why 与 at。"
    rule = "ORG-6"
    clause = "一(一)"


class NotPolygonal(Refusal):
    """A boundary is a Polygon or a MultiPolygon with an area."""

    code = "city.not_polygonal"
    status = 422
    zh = "边界必须是有面积的 Polygon 或 MultiPolygon。"
    rule = "ORG-6"
    clause = "一(一)"


class NotInDegrees(Refusal):
    """The coordinates are not WGS 84 degrees, or lie outside of the city."""

    code = "city.outside_the_city"
    status = 422
    zh = "坐标不是 WGS 84 经纬度，或不在本市范围内。"
    rule = "ORG-6"
    clause = "一(一)"


class OutsideItsParent(Refusal):
    """The polygon leaves the boundary of the unit above it by more than the tolerance."""

    code = "city.outside_its_parent"
    status = 422
    zh = "多边形超出上级单位的边界，且超过容差。"
    rule = "ORG-6"
    clause = "一(一)"


class OverlapsNeighbour(Refusal):
    """The polygon overlaps a neighbour's by more than a sliver."""

    code = "city.overlaps_neighbour"
    status = 422
    zh = "多边形与相邻单位重叠，且超过允许的细缝。"
    rule = "ORG-6"
    clause = "一(一)"


class ParentWithoutBoundary(Refusal):
    """The unit above it has no boundary on that date: give that one first."""

    code = "city.parent_without_boundary"
    status = 422
    zh = "上级单位在该日期没有边界，请先录入上级边界。"
    rule = "ORG-6"
    clause = "一(一)"


class GridCodesUsedUp(Refusal):
    """The community has used all 999 grid codes; a code is never used again."""

    code = "city.grid_codes_used_up"
    zh = "该社区的 999 个网格编号已用完，编号不重复使用。"
    rule = "ORG-6"
    clause = "一(一)"


class GridHasEnded(Refusal):
    """The grid has no boundary on that date: it has ended, or not begun."""

    code = "city.grid_has_ended"
    zh = "该网格在该日期没有边界：已撤销或尚未设立。"
    rule = "ORG-6"
    clause = "一(一)"


class VersionFollows(Refusal):
    """A later version is registered already: change from its date on, or later."""

    code = "city.version_follows"
    zh = "已登记更晚生效的版本，请从该日期或之后修改。"
    rule = "ORG-6"
    clause = "一(一)"


class FirstResponsibleTaken(Refusal):
    """The grid has a first responsible worker at that time already."""

    code = "city.first_responsible_taken"
    zh = "该网格在该时段已有第一责任人。"
    rule = "ORG-2"
    clause = "一(一)"


class AlreadyAssigned(Refusal):
    """The worker holds that grid at that time already."""

    code = "city.already_assigned"
    zh = "该网格员在该时段已负责该网格。"
    rule = "ORG-2"
    clause = "一(一)"


class TwoPosts(Refusal):
    """The worker has another post at that time."""

    code = "city.two_posts"
    zh = "该网格员在该时段已有其他任职。"
    rule = "ORG-2"
    clause = "一(一)"


class FirstIsLevelOne(Refusal):
    """Only a worker of level 1 can be first responsible for a grid."""

    code = "city.first_is_level_one"
    status = 422
    zh = "第一责任人必须是一级网格员。"
    rule = "ORG-2"
    clause = "一(一)"


class GridElsewhere(Refusal):
    """The worker has no post in that grid's community over the whole of that time."""

    code = "city.grid_elsewhere"
    status = 422
    zh = "该网格员在该时段内并未一直在该网格所属社区任职。"
    rule = "ORG-2"
    clause = "一(一)"


class CategoryByLevel(Refusal):
    """Level 1 has an employment and no category; levels 2 and 3 have a category of their own."""

    code = "city.category_by_level"
    status = 422
    zh = "一级网格员须注明用工形式且无队伍类别；二、三级须注明本级的队伍类别，无用工形式。"
    rule = "ORG-3"
    clause = "一(一), 二9(1)"


class SpanReversed(Refusal):
    """The end does not lie after the beginning."""

    code = "city.span_reversed"
    status = 422
    zh = "结束日期必须晚于开始日期。"


class AlreadyEnded(Refusal):
    """It has ended before that date."""

    code = "city.already_ended"
    zh = "在该日期之前已经结束。"


class TooLateToDeclare(Refusal):
    """A duty date is declared before its first sign-in window opens, never afterwards."""

    code = "city.too_late_to_declare"
    status = 422
    zh = "宣布工作日须在当日第一个签到时段开始之前，不得事后宣布。"
    rule = "ATT-6"
    clause = "三(二)2, 二8"


class TooLateToExempt(Refusal):
    """An exemption reaches back 31 days at most."""

    code = "city.too_late_to_exempt"
    status = 422
    zh = "免除工作日最多可追溯 31 天。"
    rule = "ATT-6"
    clause = "三(二)2, 二8"


class NationalDatePast(Refusal):
    """The national calendar of today and of past dates is not changed."""

    code = "city.national_date_past"
    status = 422
    zh = "今天及以前日期的国家日历不得修改。"
    rule = "ATT-6"
    clause = "三(二)2, 二8"


class SpanTooLong(Refusal):
    """The span of dates is longer than 400 days."""

    code = "city.span_too_long"
    status = 422
    zh = "日期范围不得超过 400 天。"


class ValueRefused(Refusal):
    """The parameter's value or date is not acceptable; `problems` says why."""

    code = "city.value_refused"
    status = 422
    zh = "参数的取值或日期不可接受，原因见 problems。"
    rule = "0"
    clause = "八"


class NoCity(Refusal):
    """There is no city yet: import its units first."""

    code = "city.none"
    zh = "尚无城市数据，请先导入单位。"


class AdministratorExists(Refusal):
    """There is a system administrator already, who opens further accounts."""

    code = "accounts.administrator_exists"
    zh = "已有系统管理员，请由其开立其他账号。"
