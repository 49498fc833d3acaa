"""What extensions, cards, deadlines and categories can be refused for (EVT-3)."""

from app.kit.errors import Refusal


class ExtensionOverdue(Refusal):
    """An extension is asked for before the event is due."""

    code = "incident.extension_overdue"
    zh = "须在办理时限届满之前申请延期。"
    rule = "EVT-3"
    clause = "四(二)4"


class ExtensionTooLong(Refusal):
    """An extension is at most as long as the deadline itself."""

    code = "incident.extension_too_long"
    status = 422
    zh = "延期时长不得超过原办理时限。"
    rule = "EVT-3"
    clause = "四(二)4"


class ExtensionNotMore(Refusal):
    """Nobody grants more than was asked for."""

    code = "incident.extension_not_more"
    status = 422
    zh = "批准的延期时长不得超过申请的时长。"
    rule = "EVT-3"
    clause = "四(二)4"


class ExtensionDecided(Refusal):
    """There is no request for an extension that waits for this tier's decision."""

    code = "incident.extension_decided"
    zh = "没有待本级审批的延期申请。"
    rule = "EVT-3"
    clause = "四(二)4"


class CardOfLowerTier(Refusal):
    """A card is withdrawn by a tier above the one that it belongs to."""

    code = "incident_card.higher_tier_needed"
    status = 403
    zh = "亮牌只能由被亮牌层级的上级撤销。"
    rule = "EVT-3"
    clause = "四(二)4"


class CardWithdrawn(Refusal):
    """The card has been withdrawn already."""

    code = "incident_card.withdrawn"
    zh = "该牌此前已被撤销。"
    rule = "EVT-3"
    clause = "四(二)4"


class CardOfUnknownEvent(Refusal):
    """A platform drew a card for an event that is not known here."""

    code = "incident_card.event_unknown"
    status = 422
    zh = "平台亮牌所指的事件在本系统中不存在。"
    rule = "INT-1"
    clause = "三(一)1 “4”, 四(一)2, 四(二)"


class CardsRangeWrong(Refusal):
    """Ask for a month, or for a range that begins before it ends and spans 400 days at most."""

    code = "incident_card.range_wrong"
    status = 422
    zh = "请指定月份，或起止日期（起始不晚于截止，最多 400 天），二者择一。"
    rule = "EVT-3"
    clause = "四(二)4"


class DeadlineCategoryUnknown(Refusal):
    """There is no such category on the date from which the hours take effect."""

    code = "deadline.category_unknown"
    status = 422
    zh = "时限生效之日没有该事件分类。"
    rule = "EVT-3"
    clause = "四(二)4"


class CategoryCodeUsed(Refusal):
    """This code stands for a category already, or once did: a code is never used again."""

    code = "incident_category.code_used"
    zh = "该代码已被使用或曾被使用，分类代码不重复使用。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class CategoryParentUnfit(Refusal):
    """A second level lies below a first-level category that is alive, and begins with its code."""

    code = "incident_category.parent_unfit"
    status = 422
    zh = "二级分类须隶属于有效的一级分类，且代码以其代码开头。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class CategoryEnded(Refusal):
    """The category has ended already, or its end is set."""

    code = "incident_category.ended"
    zh = "该分类已停用，或已确定停用日期。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class CategoryHasChildren(Refusal):
    """Categories below it are in use beyond that date: end those first."""

    code = "incident_category.has_children"
    zh = "其下级分类在该日期之后仍有效，请先停用下级分类。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class CategoryIsNeeded(Refusal):
    """The category for all other events can't be ended."""

    code = "incident_category.needed"
    zh = "“其他”分类不得停用。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"


class CategoryEndsTooSoon(Refusal):
    """A category ends tomorrow at the earliest, and after it began."""

    code = "incident_category.ends_too_soon"
    status = 422
    zh = "分类最早于明天停用，且须晚于启用日期。"
    rule = "EVT-1"
    clause = "二3, 二4, 二7"
