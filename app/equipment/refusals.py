"""What checks of clothes and equipment, and exemptions, can be refused for."""

from app.kit.errors import Refusal


class IdReused(Refusal):
    """This id already stands for something else."""

    code = "equipment.id_reused"
    zh = "该编号已用于另一条记录。"


class DayNotOpen(Refusal):
    """A check can be recorded on its day and some days after it, not before."""

    code = "equipment.day_not_open"
    status = 422
    zh = "检查只能在当日或规定期限内补录，不得早于期限或晚于今天。"
    rule = "EQP-1"
    clause = "三(二)1"


class OwnCheck(Refusal):
    """Nobody checks himself or herself."""

    code = "equipment.own_check"
    status = 403
    zh = "不得对本人进行检查。"
    rule = "EQP-1"
    clause = "三(二)1"


class NotAStationCheck(Refusal):
    """Only a check by the station can be withdrawn or answered; this is the worker's own record."""

    code = "equipment.not_a_station_check"
    zh = "只有站点的检查才能撤回或答复；这是网格员本人的记录。"
    rule = "EQP-1"
    clause = "三(二)1"


class CheckWithdrawn(Refusal):
    """This check has been withdrawn already."""

    code = "equipment.withdrawn"
    zh = "该检查已撤回。"
    rule = "EQP-1"
    clause = "三(二)1"


class ExemptionNotShortened(Refusal):
    """An exemption can only end earlier than it was to, not before it begins or before today."""

    code = "equipment.exemption_not_shortened"
    status = 422
    zh = "免除着装要求只能提前结束，且不得早于开始日期或今天。"
    rule = "EQP-1"
    clause = "三(二)1"
