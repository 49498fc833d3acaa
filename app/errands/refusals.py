"""What the steps of an errand can be refused for, and looks at residents' data."""

from app.kit.errors import Refusal
from app.people.capture import OutOfScope


class ErrandOfOthers(OutOfScope):
    """Only who accepted the errand, its grid's workers and their mutual-aid group go on with it."""

    code = "errand.of_others"
    status = 403
    zh = "只有受理人、本网格的网格员及其互助组成员才能继续办理该事项。"
    rule = "SVC-1"
    clause = "三(一)3"


class StepRepeated(Refusal):
    """This step of the errand was taken before."""

    code = "errand.step_repeated"
    zh = "该代办事项的此步骤此前已经完成。"
    rule = "SVC-1"
    clause = "三(一)3"


class StepOutOfOrder(Refusal):
    """By its time this step contradicts the order of the errand's steps."""

    code = "errand.out_of_order"
    zh = "按时间先后，该步骤与代办事项已有步骤的顺序矛盾。"
    rule = "SVC-1"
    clause = "三(一)3"


class ResidentErased(Refusal):
    """The resident's data of this errand were erased after their term."""

    code = "errand.resident_erased"
    zh = "该代办事项的居民信息已到期删除。"
    rule = "SVC-1"
    clause = "三(一)3"


class ErrandRangeTooLong(Refusal):
    """A range has its first date before its last, and at most 400 dates."""

    code = "errand.range_too_long"
    status = 422
    zh = "日期范围的起始日不得晚于截止日，且最多400天。"
