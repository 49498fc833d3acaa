"""What proposals, answers, penalties and appeals can be refused for."""

from app.kit.errors import Refusal


class ProposalClosed(Refusal):
    """The proposal was decided, dropped or lapsed already."""

    code = "conduct.closed"
    zh = "该处罚建议已作出决定、已撤销或已失效。"
    rule = "CON-1"
    clause = "四(二)"


class WorkerLeft(Refusal):
    """The worker has left the post: nothing is decided against somebody who is gone."""

    code = "conduct.worker_left"
    zh = "该网格员已离岗，不再作出处罚决定。"
    rule = "CON-4"
    clause = "四(三)"


class PutForwardAlready(Refusal):
    """The community put this proposal forward already: take it back first."""

    code = "conduct.put_forward_already"
    zh = "该处罚建议已提出，请先收回。"
    rule = "CON-5"
    clause = "四(四)"


class NotPutForward(Refusal):
    """Only a proposal that was put forward can be taken back."""

    code = "conduct.not_put_forward"
    zh = "只有已提出的处罚建议才能收回。"
    rule = "CON-5"
    clause = "四(四)"


class EvidenceNotSeen(Refusal):
    """Whoever decides names the digest of the evidence that was seen."""

    code = "conduct.evidence_not_seen"
    status = 422
    zh = "作出决定须载明所查看证据的摘要值。"
    rule = "CON-1"
    clause = "四(二)"


class EvidenceChanged(Refusal):
    """The evidence is another than the one that was seen: look at the proposal again."""

    code = "conduct.evidence_changed"
    zh = "证据已发生变化，请重新查看处罚建议。"
    rule = "CON-1"
    clause = "四(二)"


class RungChanged(Refusal):
    """It would lead to another penalty than the one put forward: put it forward anew."""

    code = "conduct.rung_changed"
    zh = "应给予的处罚与提出时不同，请收回后重新提出。"
    rule = "CON-2"
    clause = "四(二)"


class AnswerPending(Refusal):
    """The worker has not answered yet, and the term to answer is not over."""

    code = "conduct.answer_pending"
    zh = "网格员尚未答复，且答复期限未满。"
    rule = "CON-1"
    clause = "四(二)"


class AnswerLate(Refusal):
    """The term to answer is over."""

    code = "conduct.answer_late"
    zh = "答复期限已过。"
    rule = "CON-1"
    clause = "四(二)"


class ConductIdReused(Refusal):
    """This id already stands for something else."""

    code = "conduct.id_reused"
    zh = "该编号已用于另一条记录。"


class PenaltyOverturned(Refusal):
    """This penalty was overturned already: it never counted."""

    code = "penalty.overturned_already"
    zh = "该处罚已被撤销，视为未曾作出。"
    rule = "CON-2"
    clause = "四(二)"


class AppealLate(Refusal):
    """The term to appeal is over."""

    code = "penalty.appeal_late"
    zh = "申诉期限已过。"
    rule = "CON-1"
    clause = "四(二)"


class AppealedAlready(Refusal):
    """A penalty is appealed once."""

    code = "penalty.appealed_already"
    zh = "对同一处罚只能申诉一次。"
    rule = "CON-1"
    clause = "四(二)"


class AppealWaiting(Refusal):
    """An appeal against this penalty waits: it is decided first."""

    code = "penalty.appeal_waiting"
    zh = "该处罚的申诉尚未决定，须先决定申诉。"
    rule = "CON-1"
    clause = "四(二)"


class SamePerson(Refusal):
    """Whoever had a hand in the penalty does not decide about it again."""

    code = "penalty.same_person"
    status = 403
    zh = "参与过该处罚决定的人员不得办理其申诉。"
    rule = "CON-1"
    clause = "四(二)"


class NoReviewOffered(Refusal):
    """Nothing changed behind this penalty: there is nothing to review."""

    code = "penalty.no_review_offered"
    zh = "该处罚的依据没有变化，无需复核。"
    rule = "CON-2"
    clause = "四(二)"


class ReviewedBelow(Refusal):
    """A penalty is reviewed by the tier that decided it, or by one above."""

    code = "penalty.reviewed_below"
    status = 403
    zh = "处罚由作出决定的层级或其上级复核。"
    rule = "CON-1"
    clause = "四(二)"


class NotLower(Refusal):
    """A review lowers a penalty or leaves it; it never makes it heavier."""

    code = "penalty.not_lower"
    status = 422
    zh = "复核只能减轻或维持处罚，不得加重。"
    rule = "CON-1"
    clause = "四(二)"


class NoInterview(Refusal):
    """Only a demerit is talked over with the township."""

    code = "penalty.no_interview"
    zh = "只有记过才由乡镇（街道）约谈。"
    rule = "CON-1"
    clause = "四(二)"


class DateOutOfSpan(Refusal):
    """The date lies before the decision, or in the future."""

    code = "penalty.date_out_of_span"
    status = 422
    zh = "日期不得早于处罚决定，也不得晚于今天。"
    rule = "CON-1"
    clause = "四(二)"
