"""Why an act on a month's appraisal is refused."""

from app.kit.errors import Refusal


class MonthNotBegun(Refusal):
    """A month can be appraised from its second date on: only dates that are over are measured."""

    code = "appraisal.not_begun"
    status = 422
    zh = "当月尚无已结束的日期，暂不能考核。"
    rule = "APR-1"
    clause = "五1"


class MonthStillOpen(Refusal):
    """Records of this month may still arrive; it can be confirmed once it has settled."""

    code = "appraisal.month_open"
    status = 409
    zh = "当月记录尚未结算，结算后方可确认考核结果。"
    rule = "APR-1"
    clause = "五1"


class ComputeAgain(Refusal):
    """This month was computed before all its records were in: compute it again."""

    code = "appraisal.compute_again"
    status = 409
    zh = "当月考核数据在结算前生成，请重新计算后再确认。"
    rule = "APR-1"
    clause = "五1"


class NobodyToAppraise(Refusal):
    """No full-time worker had the last post of this month here."""

    code = "appraisal.nobody"
    status = 409
    zh = "本社区当月没有应考核的专职网格员。"
    rule = "APR-1"
    clause = "五1"


class MonthConfirmed(Refusal):
    """The station has given its word on this month; the township closes it or sends it back."""

    code = "appraisal.confirmed"
    status = 409
    zh = "社区已确认当月考核结果，由乡镇（街道）审定或退回。"
    rule = "APR-1"
    clause = "五1"


class MonthNotConfirmed(Refusal):
    """The station has not given its word on this month yet."""

    code = "appraisal.not_confirmed"
    status = 409
    zh = "社区尚未确认当月考核结果。"
    rule = "APR-1"
    clause = "五1"


class MonthClosed(Refusal):
    """This month is closed and never changes; an objection or new records lead to a revision."""

    code = "appraisal.closed"
    status = 409
    zh = "当月考核已经审定，不得更改；有异议或数据变动的，另行改定。"
    rule = "APR-1"
    clause = "五1"


class MonthNotClosed(Refusal):
    """This month is not closed: its results can still be changed where they stand."""

    code = "appraisal.not_closed"
    status = 409
    zh = "当月考核尚未审定，可直接更正。"
    rule = "APR-1"
    clause = "五1"


class AppraisalChanged(Refusal):
    """The figures changed since you looked at them."""

    code = "appraisal.changed"
    status = 409
    zh = "考核数据在您查看之后发生了变化，请重新查看。"
    rule = "APR-1"
    clause = "五1"


class ResultNeedsReason(Refusal):
    """A result that differs from the proposed one needs a reason."""

    code = "appraisal.reason_needed"
    status = 422
    zh = "考核结果与系统建议不一致的，应当说明理由。"
    rule = "APR-1"
    clause = "五1"


class NotOfThisMonth(Refusal):
    """This worker is not appraised here in this month."""

    code = "appraisal.not_of_this_month"
    status = 422
    zh = "该网格员不在本社区当月考核范围内。"
    rule = "APR-1"
    clause = "五1"


class ShareImpossible(Refusal):
    """A corrected indicator has between nothing and all of what was owed."""

    code = "appraisal.share_impossible"
    status = 422
    zh = "更正后的完成数应在零与应完成数之间。"
    rule = "APR-1"
    clause = "五1"


class CorrectionStands(Refusal):
    """A correction of this indicator stands; withdraw it first."""

    code = "appraisal.correction_stands"
    status = 409
    zh = "该指标已有更正，请先撤回。"
    rule = "APR-1"
    clause = "五1"


class CorrectionWithdrawn(Refusal):
    """This correction was withdrawn already."""

    code = "appraisal.correction_withdrawn"
    status = 409
    zh = "该更正已经撤回。"
    rule = "APR-1"
    clause = "五1"


class OwnAppraisal(Refusal):
    """Nobody corrects or decides one's own appraisal."""

    code = "appraisal.own"
    status = 403
    zh = "不得办理本人的考核事项。"
    rule = "APR-1"
    clause = "五1"


class NothingToObjectTo(Refusal):
    """There is no appraisal of yours for this month or year yet."""

    code = "appraisal.nothing_to_object_to"
    status = 422
    zh = "您在该月份或年度尚无考核结果。"
    rule = "APR-1"
    clause = "五1"


class ObjectionTooLate(Refusal):
    """The term for objecting to this appraisal is over."""

    code = "appraisal.objection_too_late"
    status = 422
    zh = "提出异议的期限已过。"
    rule = "APR-1"
    clause = "五1"


class ObjectionWaiting(Refusal):
    """An objection of yours to this appraisal is waiting for its answer."""

    code = "appraisal.objection_waiting"
    status = 409
    zh = "您对该考核提出的异议正在办理中。"
    rule = "APR-1"
    clause = "五1"


class ObjectionDecided(Refusal):
    """This objection was answered already."""

    code = "appraisal.objection_decided"
    status = 409
    zh = "该异议已经答复。"
    rule = "APR-1"
    clause = "五1"


class NotTheTownship(Refusal):
    """The township answers objections and changes what is closed."""

    code = "appraisal.not_the_township"
    status = 403
    zh = "异议答复和审定后的改定由乡镇（街道）办理。"
    rule = "APR-1"
    clause = "五1"


class NothingFollows(Refusal):
    """An upheld objection says what changes: a result, or an indicator's figures."""

    code = "appraisal.nothing_follows"
    status = 422
    zh = "异议成立的，应当写明更改的结果或指标数据。"
    rule = "APR-1"
    clause = "五1"


class SameResult(Refusal):
    """This is the result that stands."""

    code = "appraisal.same_result"
    status = 409
    zh = "该结果与现行结果相同。"
    rule = "APR-1"
    clause = "五1"
