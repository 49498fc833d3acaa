"""Why a search for grounds, a survey or a finding is refused (CON, 四)."""

from app.kit.errors import Refusal


class MonthNotSettled(Refusal):
    """Late uploads are still expected of that month: it is searched once it has settled."""

    code = "conduct.month_open"
    zh = "该月仍可能收到迟到的记录，尚不能据此查找处罚事由。"
    rule = "CON-2"
    clause = "四(二)"


class SurveyInTheFuture(Refusal):
    """A survey that was not conducted yet can't be recorded."""

    code = "conduct.survey_in_the_future"
    status = 422
    zh = "调查日期不得晚于今天。"
    rule = "CON-B6"
    clause = "四(二)6"


class SurveyTooLongAgo(Refusal):
    """A survey is recorded within 31 days of its date."""

    code = "conduct.survey_too_long_ago"
    status = 422
    zh = "知晓率调查应在31日内登记。"
    rule = "CON-B6"
    clause = "四(二)6"


class SurveyKnown(Refusal):
    """Another survey was recorded under the same id."""

    code = "conduct.survey_id_reused"
    zh = "该编号已用于另一次调查。"
    rule = "CON-B6"
    clause = "四(二)6"


class SurveyWithdrawn(Refusal):
    """This survey was withdrawn already."""

    code = "conduct.survey_withdrawn"
    zh = "该次调查已撤销。"
    rule = "CON-B6"
    clause = "四(二)6"


class FindingInTheFuture(Refusal):
    """What has not happened yet can't be recorded as a finding."""

    code = "conduct.finding_in_the_future"
    status = 422
    zh = "事由发生日期不得晚于今天。"
    rule = "CON-2"
    clause = "四(二)"


class FindingNotBound(Refusal):
    """The worker had no full-time post on that date: parts three to five don't bind (ORG-4)."""

    code = "conduct.not_bound"
    status = 422
    zh = "该人员当日不是专职网格员，不适用本办法的处罚规定。"
    rule = "ORG-4"
    clause = "六"


class FindingNamesNothing(Refusal):
    """A finding of this kind names the records that it is about."""

    code = "conduct.finding_names_nothing"
    status = 422
    zh = "该类事由须列明所依据的记录。"
    rule = "CON-2"
    clause = "四(二)"


class FindingRecordUnknown(Refusal):
    """A record that the finding names is not on record for the worker's community."""

    code = "conduct.finding_record_unknown"
    status = 422
    zh = "所列记录在该社区范围内不存在。"
    rule = "CON-2"
    clause = "四(二)"


class AlreadyProposed(Refusal):
    """This ground is proposed for that date or month already: it counts once (CON-2)."""

    code = "conduct.already_proposed"
    zh = "该事由在该期间内已有处罚建议，不重复计算。"
    rule = "CON-2"
    clause = "四(二)"
