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
