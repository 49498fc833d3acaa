"""What the handset's door refuses."""

from app.kit.errors import Refusal


class EpochChanged(Refusal):
    """The server was restored from a backup: send the last 30 days again."""

    code = "epoch_changed"
    zh = "服务器已从备份恢复，请重新上传最近30天的记录。"


class IdReused(Refusal):
    """This id was used before for another content; both are kept."""

    code = "id_reused"
    zh = "该编号已用于其他内容，两份均已保留。"


class KindUnknown(Refusal):
    """This server does not know this kind of record; it is kept."""

    code = "kind_unknown"
    status = 422
    zh = "服务器不认识此类记录，已予保留。"


class ItemMalformed(Refusal):
    """The record does not have the required form; it is kept as it came."""

    code = "item_malformed"
    status = 422
    zh = "记录格式不符合要求，已原样保留。"


class TooEarly(Refusal):
    """The record's time lies before the regulation came into force; it is kept."""

    code = "capture.too_early"
    status = 422
    zh = "记录时间早于细则施行之日，已予保留。"


class NeverArrived(Refusal):
    """What the record refers to did not arrive within 30 days; the record is kept."""

    code = "capture.never_arrived"
    status = 422
    zh = "所引用的记录30天内未到达，本记录已予保留。"


class NotAHandset(Refusal):
    """Only a worker's own handset can send records."""

    code = "auth.not_a_handset"
    status = 403
    zh = "只有网格员本人的手机才能上传记录。"
    rule = "ORG-1"
    clause = "一(二), 三, 四, 五"
