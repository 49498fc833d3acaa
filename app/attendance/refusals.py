"""What sign-ins, corrections and leave can be refused for."""

from app.kit.errors import Refusal


class IdReused(Refusal):
    """This id already stands for something else."""

    code = "attendance.id_reused"
    zh = "该编号已用于另一条记录。"


class NoReviewNeeded(Refusal):
    """Only a sign-in that needs review can be accepted or refused."""

    code = "attendance.no_review_needed"
    zh = "只有待复核的签到才能认定或驳回。"
    rule = "ATT-4"
    clause = "三(一)1 “3”"


class OwnCase(Refusal):
    """Nobody decides about himself or herself."""

    code = "decision.own_case"
    status = 403
    zh = "不得对本人的事项作出决定。"
    rule = "ATT-5"
    clause = "三(二)2"


class AlreadyDecided(Refusal):
    """This has been decided or withdrawn already."""

    code = "decision.already_decided"
    zh = "该事项已作出决定或已撤回。"
    rule = "ATT-5"
    clause = "三(二)2"


class ReasonNeeded(Refusal):
    """A refusal needs a reason."""

    code = "decision.reason_needed"
    status = 422
    zh = "不予批准须说明理由。"
    rule = "ATT-5"
    clause = "三(二)2"


class CorrectionTooLate(Refusal):
    """A correction can no longer be asked for: too many days have passed."""

    code = "correction.too_late"
    zh = "已超过补签申请期限。"
    rule = "ATT-5"
    clause = "三(二)2"


class WindowNotOver(Refusal):
    """The window is not over yet: sign in instead."""

    code = "correction.window_not_over"
    zh = "该签到时段尚未结束，请直接签到。"
    rule = "ATT-5"
    clause = "三(二)2"


class NothingToMakeGood(Refusal):
    """The window is filled, made good or excused already, or nothing was owed."""

    code = "correction.nothing_to_make_good"
    zh = "该时段已签到、已补签或已准假，或当日无需签到。"
    rule = "ATT-5"
    clause = "三(二)2"


class CorrectionWaiting(Refusal):
    """A correction of this window is already waiting for a decision."""

    code = "correction.already_waiting"
    zh = "该时段已有一份补签申请等待审批。"
    rule = "ATT-5"
    clause = "三(二)2"


class LeaveOverlaps(Refusal):
    """The leave overlaps another one of the same worker."""

    code = "leave.overlaps"
    zh = "与本人的另一次请假重叠。"
    rule = "ATT-5"
    clause = "三(二)2"


class LeaveNotApproved(Refusal):
    """Only approved leave can end early."""

    code = "leave.not_approved"
    zh = "只有已批准的请假才能提前结束。"
    rule = "ATT-5"
    clause = "三(二)2"


class LeaveNotShortened(Refusal):
    """Leave can only end earlier than it was to end, after it begins and not before yesterday."""

    code = "leave.not_shortened"
    status = 422
    zh = "提前结束的时间须早于原结束时间，不得早于开始时间，也不得早于昨天。"
    rule = "ATT-5"
    clause = "三(二)2"
