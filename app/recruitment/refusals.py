"""What recruitment can be refused for."""

from app.kit.errors import Refusal


class NotVacant(Refusal):
    """The grid has a first responsible worker who stays: there is no vacancy."""

    code = "recruitment.not_vacant"
    zh = "该网格有第一责任人且无离任安排，没有空缺。"
    rule = "ORG-2"
    clause = "一(一)"


class NotEligible(Refusal):
    """The applicant does not meet every condition; `failed` names each by its code."""

    code = "recruitment.not_eligible"
    status = 422
    zh = "应聘人不符合聘用条件，未满足的各项见 failed。"
    rule = "HIRE-2"
    clause = "一(二)3"


class HeldInTheFuture(Refusal):
    """The examination or the appraisal was not held yet: it has no result."""

    code = "recruitment.held_in_the_future"
    status = 422
    zh = "考试或考核日期不得晚于今天。"
    rule = "HIRE-1"
    clause = "一(二)1, 一(二)2"


class ApplicationOpen(Refusal):
    """The same applicant is already applied for at this grid."""

    code = "recruitment.application_open"
    zh = "该应聘人在该网格已有正在办理的申请。"
    rule = "HIRE-1"
    clause = "一(二)2"


class ApplicationIdReused(Refusal):
    """This id already stands for another application."""

    code = "recruitment.id_reused"
    zh = "该编号已用于另一份申请。"


class ApplicationClosed(Refusal):
    """The application was refused, withdrawn or signed already."""

    code = "recruitment.closed"
    zh = "该申请已经办结。"
    rule = "HIRE-1"
    clause = "一(二)2"


class NotApproved(Refusal):
    """The contract is signed once the office has approved."""

    code = "recruitment.not_approved"
    zh = "须经领导小组办公室审批通过后方可签订合同。"
    rule = "HIRE-1"
    clause = "一(二)1, 一(二)2"


class SignWithContract(Refusal):
    """The last step is taken by signing the contract, with its terms."""

    code = "recruitment.sign_with_contract"
    zh = "最后一步须通过签订合同办理，并填写合同条款。"
    rule = "HIRE-1"
    clause = "一(二)1"


class StillPosted(Refusal):
    """The applicant is a full-time worker with a post at that time already."""

    code = "recruitment.still_posted"
    zh = "应聘人届时仍在专职岗位任职。"
    rule = "HIRE-1"
    clause = "一(二)1"


class ApplicantErased(Refusal):
    """The applicant's facts were erased after their term."""

    code = "recruitment.applicant_erased"
    zh = "应聘人信息已到期删除。"
    rule = "HIRE-2"
    clause = "一(二)3"
