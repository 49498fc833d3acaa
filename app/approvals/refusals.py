"""Why a step of a procedure is refused."""

from app.kit.errors import Refusal


class CaseClosed(Refusal):
    """The case was decided already."""

    code = "approvals.case_closed"
    status = 409
    zh = "该事项已经办结。"
    rule = "HIRE-1"
    clause = "一(二)2"


class NotYourStep(Refusal):
    """The next step belongs to another tier or unit; no step is skipped."""

    code = "approvals.not_your_step"
    status = 403
    zh = "下一步应由其他层级或单位办理，不得越级。"
    rule = "HIRE-1"
    clause = "一(二)2"


class StepTaken(Refusal):
    """Somebody took this step meanwhile."""

    code = "approvals.step_taken"
    status = 409
    zh = "该步骤已经办理。"
    rule = "HIRE-1"
    clause = "一(二)2"


class OwnMatter(Refusal):
    """Nobody decides a matter that concerns oneself."""

    code = "approvals.own_matter"
    status = 403
    zh = "不得办理涉及本人的事项。"
    rule = "HIRE-1"
    clause = "一(二)2"


class ActedForAnotherTier(Refusal):
    """Whoever took an earlier step for one tier takes none for another."""

    code = "approvals.acted_for_another_tier"
    status = 403
    zh = "已代表其他层级办理过该事项，不得再代表本层级办理。"
    rule = "HIRE-1"
    clause = "一(二)2"


class RefusalNeedsReason(Refusal):
    """A refusal needs a reason."""

    code = "approvals.reason_needed"
    status = 422
    zh = "不予通过的，应当说明理由。"
    rule = "HIRE-1"
    clause = "一(二)2"


class MayNotRefuse(Refusal):
    """This step cannot be refused."""

    code = "approvals.may_not_refuse"
    status = 409
    zh = "该步骤不能作不予通过处理。"
    rule = "HIRE-1"
    clause = "一(二)2"


class CaseOpenAlready(Refusal):
    """The same matter is already in its procedure."""

    code = "approvals.open_already"
    status = 409
    zh = "同一事项正在办理中。"
    rule = "HIRE-1"
    clause = "一(二)2"


class DelegationUnfit(Refusal):
    """Stand-ins are offices of the same unit or above it, who stand in for an office."""

    code = "approvals.stand_in_unfit"
    status = 422
    zh = "代办人须为本单位或上级单位可办理审批事项的在用账号，且只能代办办事机构的事项。"
    rule = "ORG-1"
    clause = "一(二), 三, 四, 五"


class DelegationTierUnclear(Refusal):
    """The account acts for no such tier, or for several: say for which."""

    code = "approvals.delegation_tier"
    status = 422
    zh = "该账号不代表该层级，或同时代表多个层级，请写明委托哪一层级。"
    rule = "ORG-1"
    clause = "一(二), 三, 四, 五"


class DelegationInArrears(Refusal):
    """A delegation begins today or later: steps taken before stay whose they are."""

    code = "approvals.delegation_in_arrears"
    status = 422
    zh = "委托不得早于今日开始。"
    rule = "HIRE-1"
    clause = "一(二)2"


class DelegationOverlaps(Refusal):
    """The same account stands in for the same place on some of these dates already."""

    code = "approvals.delegation_overlaps"
    status = 409
    zh = "该代办人在所选日期内已有同一委托。"
    rule = "HIRE-1"
    clause = "一(二)2"


class DelegationOver(Refusal):
    """This delegation was revoked already, or its last date has passed."""

    code = "approvals.delegation_over"
    status = 409
    zh = "该委托已撤销或已期满。"
    rule = "HIRE-1"
    clause = "一(二)2"


class DelegationIdReused(Refusal):
    """This id already stands for another delegation."""

    code = "approvals.id_reused"
    status = 409
    zh = "该编号已用于另一项委托。"


class DecidedWithEvent(Refusal):
    """An extension is decided with its event, where fewer hours can be granted."""

    code = "approvals.decided_with_event"
    status = 409
    zh = "延期申请请在事件办理中审批，可批准较少的小时数。"
    rule = "EVT-3"
    clause = "四(二)4"
