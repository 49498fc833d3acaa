"""What work with records can be refused for."""

from app.kit.errors import Refusal


class FormUnknown(Refusal):
    """There is no such version of this kind's form."""

    code = "record.form_unknown"
    status = 422
    zh = "没有这一版本的登记表。"
    rule = "INF-1"
    clause = "三(一)2"


class FieldsRefused(Refusal):
    """Some fields are missing or do not take these values."""

    code = "record.fields_refused"
    status = 422
    zh = "有必填项缺失，或填写的内容不符合要求。"
    rule = "INF-1"
    clause = "三(一)2"


class NothingSaid(Refusal):
    """The edit says nothing: no field, no change of state."""

    code = "record.nothing_said"
    status = 422
    zh = "没有填写任何内容。"
    rule = "INF-1"
    clause = "三(一)2"


class OtherKind(Refusal):
    """This record is of another kind."""

    code = "record.other_kind"
    zh = "该记录属于另一类别。"
    rule = "INF-1"
    clause = "三(一)2"


class UnknownBase(Refusal):
    """The record has no such version to go on from."""

    code = "record.unknown_base"
    zh = "该记录没有所依据的版本。"
    rule = "INF-1"
    clause = "三(一)2"


class ActNotNow(Refusal):
    """This can't be done with the record in its present state."""

    code = "record.act_not_now"
    zh = "记录处于当前状态时不能进行此操作。"
    rule = "INF-1"
    clause = "三(一)2"


class RecordEnded(Refusal):
    """The record has ended."""

    code = "record.ended"
    zh = "该记录已终止。"
    rule = "INF-1"
    clause = "三(一)2"


class RecordErased(Refusal):
    """The record was erased; nothing is added to it."""

    code = "record.erased"
    zh = "该记录已依法删除，不再增加内容。"
    rule = "INF-1"
    clause = "三(一)2"


class RecordMerged(Refusal):
    """The record was merged into another one: act there."""

    code = "record.merged"
    zh = "该记录已并入另一条记录，请在那条记录上操作。"
    rule = "INF-1"
    clause = "三(一)2"


class RecordExists(Refusal):
    """A record of this key exists already."""

    code = "record.exists"
    zh = "该编号的记录已存在。"
    rule = "INF-1"
    clause = "三(一)2"


class NotOneOfOurs(Refusal):
    """The grid does not lie in your community, or the worker is not posted there on that date."""

    code = "record.not_one_of_ours"
    status = 422
    zh = "该网格不属于本社区，或该网格员当日不在本社区任职。"
    rule = "ORG-2"
    clause = "一(一)"


class ChangedMeanwhile(Refusal):
    """The same fields were changed meanwhile: look again, then correct."""

    code = "record.changed_meanwhile"
    zh = "同一字段已被他人修改，请重新查看后再更正。"
    rule = "INF-1"
    clause = "三(一)2"


class CollectedLater(Refusal):
    """A form can't have been collected in the future."""

    code = "record.collected_later"
    status = 422
    zh = "采集日期不得晚于今天。"
    rule = "INF-1"
    clause = "三(一)2"


class ConflictsOpen(Refusal):
    """Edits of this record contradict each other: decide these first."""

    code = "record.conflicts_open"
    zh = "该记录有相互矛盾的修改，请先裁定。"
    rule = "INF-1"
    clause = "三(一)2"


class ConflictDecided(Refusal):
    """This conflict has been decided already."""

    code = "record.conflict_decided"
    zh = "该矛盾修改已作出裁定。"
    rule = "INF-1"
    clause = "三(一)2"


class ValueNeeded(Refusal):
    """Another value has to be given, and only then."""

    code = "record.value_needed"
    status = 422
    zh = "选择另一个值时须填写该值，其他情况不得填写。"
    rule = "INF-1"
    clause = "三(一)2"


class EndsLater(Refusal):
    """A record can't end in the future or before it was collected."""

    code = "record.ends_later"
    status = 422
    zh = "终止日期不得晚于今天，也不得早于采集日期。"
    rule = "INF-1"
    clause = "三(一)2"


class HomeUnknown(Refusal):
    """There is no record of the home that the person is said to live in."""

    code = "record.home_unknown"
    status = 422
    zh = "所填住房没有对应的记录。"
    rule = "INF-1"
    clause = "三(一)2"


class FieldUnknown(Refusal):
    """The record's form has no such field."""

    code = "record.field_unknown"
    status = 422
    zh = "该类登记表没有所列的字段。"
    rule = "INF-1"
    clause = "三(一)2"


class OneKeyAtATime(Refusal):
    """Look for one identifying field at a time."""

    code = "record.one_key_at_a_time"
    status = 422
    zh = "每次只能按一个标识字段查找。"
    rule = "INF-1"
    clause = "三(一)2"


class StillNeeded(Refusal):
    """A rule still needs this record: it is erased after it has ended."""

    code = "record.still_needed"
    zh = "该记录仍为履职所需，终止后方可删除。"
    rule = "INF-1"
    clause = "三(一)2, 二2"
