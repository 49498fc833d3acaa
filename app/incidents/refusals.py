"""What reports of events and acts on them can be refused for (EVT-1, EVT-2, EVT-4)."""

from app.kit.errors import Refusal
from app.people.capture import OutOfScope


class CategoryUnknown(Refusal):
    """There is no such category of events on that day."""

    code = "incident.category_unknown"
    status = 422
    zh = "该日没有这一事件类别。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class ActNotAllowed(Refusal):
    """This act does not fit the event as it stands; the facts say what does."""

    code = "incident.act_not_allowed"
    zh = "事件当前状态不允许此办理动作；可以进行的动作见所列事实。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class ActFieldsWrong(Refusal):
    """The act lacks what it needs to say, or says what it may not."""

    code = "incident.act_fields_wrong"
    status = 422
    zh = "该办理动作缺少必填内容，或填写了不应填写的内容。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class EscalatedTooFar(Refusal):
    """An event goes up to the next tier; only a major one straight to the centre."""

    code = "incident.escalated_too_far"
    status = 422
    zh = "事件须逐级上报；只有重大事件可以直接上报市指挥中心。"
    rule = "EVT-2"
    clause = "二7"


class GridVacant(Refusal):
    """Nobody answers for the grid on that day: an event can't be handed down to it."""

    code = "incident.grid_vacant"
    zh = "该网格当日无人负责，事件不能下派到网格。"
    rule = "ORG-2"
    clause = "一(一)"


class RegradeChangesNothing(Refusal):
    """The event has this category and severity already."""

    code = "incident.regrade_changes_nothing"
    status = 422
    zh = "事件的类别和等级本来如此，无需调整。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class DuplicateUnfit(Refusal):
    """An event is linked to another one of the city, which is no duplicate, false or withdrawn."""

    code = "incident.duplicate_unfit"
    status = 422
    zh = "只能关联到本市另一事件，且该事件未被关联、撤回或认定为虚假。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class EventOfOthers(OutOfScope):
    """Only who reported the event, its grid's workers and their mutual-aid group act on it."""

    code = "incident.of_others"
    status = 403
    zh = "只有上报人、本网格的网格员及其互助组成员才能办理该事件。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class ActIdReused(Refusal):
    """This id already stands for another act."""

    code = "incident.act_id_reused"
    zh = "该编号已用于另一办理动作。"
