"""Why an act on a year's appraisal is refused."""

from app.kit.errors import Refusal


class YearMonthsOpen(Refusal):
    """Some months of the year are not closed yet: the year rests on all of them."""

    code = "annual.months_open"
    status = 409
    zh = "本年度尚有月份的平时考核未关闭，年度考核应以全部月份为依据。"
    rule = "APR-2"
    clause = "五1"


class YearFactsChanged(Refusal):
    """The months or penalties behind the grade changed since they were seen: compute it again."""

    code = "annual.facts_changed"
    status = 409
    zh = "年度考核所依据的月度考核或处罚已经变化，请重新计算后再办理。"
    rule = "APR-2"
    clause = "五1"


class GradeNeedsReason(Refusal):
    """A grade other than the one by rule needs a reason."""

    code = "annual.reason_needed"
    status = 422
    zh = "考核意见与按规则得出的等次不一致的，应当说明理由。"
    rule = "APR-2"
    clause = "五1"


class YearGradedAlready(Refusal):
    """The year is graded: anew only after an objection was upheld or what it rests on changed."""

    code = "annual.graded_already"
    status = 409
    zh = "年度考核等次已经确定；异议成立或者依据变化后，方可重新办理。"
    rule = "APR-2"
    clause = "五2"


class GradeObjectedTo(Refusal):
    """An objection to this grade was upheld: another one is to be proposed."""

    code = "annual.objected_to"
    status = 409
    zh = "对该等次的异议已经成立，应当提出其他等次。"
    rule = "APR-2"
    clause = "五2"
