"""What contracts and resignations can be refused for."""

from app.kit.errors import Refusal


class NotFullTime(Refusal):
    """Contracts are those of full-time workers."""

    code = "contract.not_full_time"
    status = 422
    zh = "合同仅适用于专职网格员。"
    rule = "HIRE-3"
    clause = "一(二)4"


class ContractOverlaps(Refusal):
    """The worker has another contract at that time."""

    code = "contract.overlaps"
    zh = "该网格员在该时段已有合同。"
    rule = "HIRE-3"
    clause = "一(二)4"


class PastRetirement(Refusal):
    """The contract would begin after the statutory retirement date."""

    code = "contract.past_retirement"
    status = 422
    zh = "合同开始日期晚于法定退休日期。"
    rule = "HIRE-3"
    clause = "一(二)4"


class ContractOver(Refusal):
    """The contract is over, or its end is decided."""

    code = "contract.over"
    zh = "该合同已经结束或已决定结束。"
    rule = "HIRE-3"
    clause = "一(二)4"


class SignedInTheFuture(Refusal):
    """A contract is recorded once it was signed."""

    code = "contract.signed_in_the_future"
    status = 422
    zh = "签订日期不得晚于今天。"
    rule = "HIRE-1"
    clause = "一(二)1"


class NoFixedTerm(Refusal):
    """The contract runs until retirement: there is nothing to renew."""

    code = "contract.no_fixed_term"
    zh = "该合同无固定期限，无需续签。"
    rule = "HIRE-3"
    clause = "一(二)4"


class NotRenewable(Refusal):
    """The last annual grade is unqualified: the contract is not renewed."""

    code = "contract.not_renewable"
    zh = "最近年度考核不合格，不再续聘。"
    rule = "APR-3"
    clause = "五3"


class EndOutOfContract(Refusal):
    """The last date lies before the contract begins or after it ends."""

    code = "contract.end_out_of_contract"
    status = 422
    zh = "最后工作日不在合同期限内。"
    rule = "HIRE-3"
    clause = "一(二)4"


class DeathInTheFuture(Refusal):
    """Nobody's death is recorded before it."""

    code = "contract.death_in_the_future"
    status = 422
    zh = "因死亡终止合同的最后工作日不得晚于今天。"
    rule = "HIRE-3"
    clause = "一(二)4"


class ContractIdReused(Refusal):
    """This id already stands for another contract."""

    code = "contract.id_reused"
    zh = "该编号已用于另一份合同。"


class NotInAdvance(Refusal):
    """One resigns in advance: the last date lies after the date on which it is said."""

    code = "resignation.not_in_advance"
    status = 422
    zh = "辞职应当提前提出：最后工作日须晚于提出之日。"
    rule = "CON-4"
    clause = "四(三)"


class ResignationOpen(Refusal):
    """A resignation of this worker is being decided already."""

    code = "resignation.open_already"
    zh = "该网格员已有一份辞职申请正在办理。"
    rule = "CON-4"
    clause = "四(三)"


class EndsBefore(Refusal):
    """The contract ends by then anyway."""

    code = "resignation.contract_ends_before"
    zh = "合同届时已经结束。"
    rule = "CON-4"
    clause = "四(三)"


class ResignationClosed(Refusal):
    """The resignation was decided or withdrawn already."""

    code = "resignation.closed"
    zh = "该辞职申请已经办结或撤回。"
    rule = "CON-4"
    clause = "四(三)"


class ResignationIdReused(Refusal):
    """This id already stands for another resignation."""

    code = "resignation.id_reused"
    zh = "该编号已用于另一份辞职申请。"
