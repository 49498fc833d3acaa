"""What visit places and their targets can be refused for."""

from app.kit.errors import Refusal

FIVE = "三(一)1 “5”"


class PlaceIdReused(Refusal):
    """This id already stands for another visit place."""

    code = "visits.place_id_reused"
    zh = "该编号已用于另一个走访地点。"


class PointElsewhere(Refusal):
    """The point lies in another grid, or too far from the grid that was named."""

    code = "visits.point_elsewhere"
    status = 422
    zh = "坐标位于另一个网格，或距所填网格过远。"
    rule = "VIS-6"
    clause = FIVE


class NoGridThere(Refusal):
    """The point lies in no grid of your unit on that date: name the grid it belongs to."""

    code = "visits.no_grid_there"
    status = 422
    zh = "坐标当日不在本单位任何网格内，请注明所属网格。"
    rule = "VIS-6"
    clause = FIVE


class PlaceErased(Refusal):
    """The visit place has been erased; nothing can be changed about it."""

    code = "visits.place_erased"
    zh = "该走访地点已被删除，不能再更改。"


class MoveFollows(Refusal):
    """A later move of the place is registered already: move it from that date on, or later."""

    code = "visits.move_follows"
    zh = "该地点已登记更晚的一次迁移，只能从该日起或更晚变更。"
    rule = "VIS-6"
    clause = FIVE


class TooFarAhead(Refusal):
    """The date lies more than a year ahead."""

    code = "visits.too_far_ahead"
    status = 422
    zh = "日期超出一年之后。"


class TargetStands(Refusal):
    """The place has a target of that kind at that time already."""

    code = "visits.target_stands"
    zh = "该地点在此期间已有同类走访对象。"
    rule = "VIS-6"
    clause = FIVE


class TargetEnded(Refusal):
    """The target has ended already, on that date or earlier."""

    code = "visits.target_ended"
    zh = "该走访对象已在当日或更早终止。"
    rule = "VIS-6"
    clause = FIVE


class EndsBeforeItBegins(Refusal):
    """The target would end before it begins: remove it instead."""

    code = "visits.ends_before_it_begins"
    status = 422
    zh = "终止日期早于开始日期；登记有误的请删除。"
    rule = "VIS-6"
    clause = FIVE


class TargetVisited(Refusal):
    """A visit has been made since the target began: end it, it can't be removed."""

    code = "visits.target_visited"
    zh = "该走访对象开始后已有走访记录，只能终止，不能删除。"
    rule = "VIS-6"
    clause = FIVE


class VisitRangeTooLong(Refusal):
    """A range has its first date before its last, and at most 92 dates."""

    code = "visits.range_too_long"
    status = 422
    zh = "日期范围的起始日不得晚于截止日，且最多92天。"
