"""What computing, approving and closing payrolls, and setting standards, refuse."""

from app.kit.errors import Refusal


class StandardInThePast(Refusal):
    """A standard may not take effect in the past once another one is in force."""

    code = "pay.standard_in_the_past"
    status = 422
    zh = "已有生效的标准，新标准的生效日期不得早于今天。"
    rule = "PAY-1"
    clause = "五5"


class StandardLacking(Refusal):
    """No standard of this kind is in force on a date that has to be paid."""

    code = "pay.standard_lacking"
    status = 409
    zh = "应付工资的日期没有生效的标准，请先设定。"
    rule = "PAY-1"
    clause = "五5"


class PayrollMonthOpen(Refusal):
    """The month is not over yet: `from` says when this can be done."""

    code = "pay.month_open"
    status = 409
    zh = "该月尚未结束或仍可补传，可办理的时间见 from。"
    rule = "PAY-4"
    clause = "五4"


class AppraisalsOpen(Refusal):
    """The appraisal of the month is not closed in every community."""

    code = "pay.appraisals_open"
    status = 409
    zh = "尚有社区未关闭该月平时考核。"
    rule = "PAY-4"
    clause = "五3"


class PayrollOfNobody(Refusal):
    """Nobody had a full-time post in the month: there is nothing to pay."""

    code = "pay.nobody"
    status = 409
    zh = "该月没有在岗的专职网格员，无需编制工资表。"
    rule = "PAY-4"
    clause = "五4"


class PayrollClosed(Refusal):
    """The payroll is closed and never changes: corrections are lines of a later month."""

    code = "pay.closed"
    status = 409
    zh = "该月工资表已关闭，不再变更；更正列入以后月份。"
    rule = "PAY-4"
    clause = "五4"


class PayrollPassedOver(Refusal):
    """A later month is closed already."""

    code = "pay.passed_over"
    status = 409
    zh = "以后月份的工资表已经关闭。"
    rule = "PAY-4"
    clause = "五4"


class PayrollOutOfOrder(Refusal):
    """An earlier month has to be closed first: `first` says which."""

    code = "pay.out_of_order"
    status = 409
    zh = "应先关闭更早月份的工资表，见 first。"
    rule = "PAY-4"
    clause = "五4"


class PayrollNotApproved(Refusal):
    """The payroll is not approved."""

    code = "pay.not_approved"
    status = 409
    zh = "该月工资表尚未批准。"
    rule = "PAY-4"
    clause = "五4"


class PayrollDigestDiffers(Refusal):
    """The figures that were seen are not those of the payroll."""

    code = "pay.digest_differs"
    status = 409
    zh = "所核对的工资表与现有工资表不一致，请重新查看。"
    rule = "PAY-4"
    clause = "五4"


class PayrollStale(Refusal):
    """What the payroll rests on changed since it was computed: compute it anew."""

    code = "pay.stale"
    status = 409
    zh = "工资表编制后所依据的数据已变化，请重新编制。"
    rule = "PAY-4"
    clause = "五4"


class PayrollNotClosed(Refusal):
    """Only a closed month is compared with what it would come to now."""

    code = "pay.not_closed"
    status = 409
    zh = "该月工资表尚未关闭，无需比对。"
    rule = "PAY-4"
    clause = "五4"
