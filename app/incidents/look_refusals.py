"""What looks at events can be refused for."""

from app.kit.errors import Refusal


class ContactNotKept(Refusal):
    """Nobody is named to be asked afterwards, or the name was erased after its term."""

    code = "incident.no_contact"
    zh = "该事件没有可回访的联系人，或其信息已到期删除。"
    rule = "EVT-4"
    clause = "二1"


class IncidentRangeTooLong(Refusal):
    """A range has its first date before its last, and at most 400 dates."""

    code = "incident.range_too_long"
    status = 422
    zh = "日期范围的起始日不得晚于截止日，且最多400天。"
