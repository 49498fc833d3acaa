"""What meetings and training can be refused for."""

from app.kit.errors import Refusal


class NotItsKind(Refusal):
    """This kind of meeting is held by another tier."""

    code = "meeting.not_its_kind"
    status = 403
    zh = "此类会议或培训由其他层级组织。"
    rule = "MTG-1"
    clause = "三(二)3"


class NotHeldYet(Refusal):
    """A meeting is recorded once it has begun."""

    code = "meeting.not_held_yet"
    status = 422
    zh = "会议或培训开始后才能登记。"
    rule = "MTG-1"
    clause = "三(二)3"


class HeldTooLongAgo(Refusal):
    """It was held too long ago to be recorded now."""

    code = "meeting.held_too_long_ago"
    status = 422
    zh = "会议或培训举行已久，超过补录期限。"
    rule = "MTG-1"
    clause = "三(二)3"


class HeldAlready(Refusal):
    """The unit has recorded a meeting of this kind on this date already."""

    code = "meeting.held_already"
    zh = "本单位当日已登记过此类会议。"
    rule = "MTG-1"
    clause = "三(二)3"


class NotPostedThere(Refusal):
    """Somebody on the list was not posted under the unit on that date."""

    code = "meeting.not_posted_there"
    status = 422
    zh = "名单中有人当日不在本单位任职。"
    rule = "MTG-1"
    clause = "三(二)3"


class CorrectionOver(Refusal):
    """The record of a meeting can be corrected or withdrawn for some days only."""

    code = "meeting.correction_over"
    zh = "会议记录已超过更正和撤回期限。"
    rule = "MTG-1"
    clause = "三(二)3"


class MeetingWithdrawn(Refusal):
    """This meeting was withdrawn."""

    code = "meeting.withdrawn"
    zh = "该会议记录已撤回。"
    rule = "MTG-1"
    clause = "三(二)3"


class MeetingIdReused(Refusal):
    """This id already stands for another meeting."""

    code = "meeting.id_reused"
    zh = "该编号已用于另一次会议。"
