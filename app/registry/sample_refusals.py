"""What draws and checks of samples can be refused for (INF-3)."""

from app.kit.errors import Refusal


class _OfSamples(Refusal):
    rule = "INF-3"
    clause = "四(二)5"


class NothingToDraw(_OfSamples):
    """Nothing has been entered there that could be drawn."""

    code = "sample.nothing_to_draw"
    zh = "该范围内没有已录入、可抽查的信息。"


class AlreadyChecked(_OfSamples):
    """This item has been checked already."""

    code = "sample.already_checked"
    zh = "该样本已核查，不能重复核查。"


class ItemErased(_OfSamples):
    """The record was erased or merged since the draw: there is nothing to compare with."""

    code = "sample.item_gone"
    zh = "该记录在抽样后已删除或合并，不再核查。"


class CheckerIsAuthor(_OfSamples):
    """Who collected, changed or entered a record can't check it."""

    code = "sample.own_case"
    status = 403
    zh = "采集、修改或录入该信息的人不得核查该信息。"


class NotBlind(_OfSamples):
    """You have looked at this record's sensitive fields: somebody else has to check it."""

    code = "sample.not_blind"
    status = 403
    zh = "您已查看过该记录的敏感内容，应由他人核查。"


class FoundIncomplete(_OfSamples):
    """What was found has to be said for every field that the form requires."""

    code = "sample.found_incomplete"
    status = 422
    zh = "表单的必填项都须填写核查结果。"


class FoundUnacceptable(_OfSamples):
    """The form does not take some of the values found, or does not ask for them."""

    code = "sample.found_unacceptable"
    status = 422
    zh = "部分核查结果不符合表单要求，或不在核查项目之内。"
