"""What became of a record, in the words of whoever asks."""

from collections.abc import Mapping

from app.intake.items import ResultOut, Status
from app.intake.taking import Outcome
from app.kit.language import Language

MESSAGES: Mapping[Status, Mapping[Language, str]] = {
    "created": {"zh": "已记录。", "en": "Recorded."},
    "duplicate": {"zh": "此前已收到，未重复记录。", "en": "Received before; nothing was doubled."},
    "merged": {"zh": "已与已有记录合并。", "en": "Merged with a record that exists."},
    "conflict": {
        "zh": "与已有记录冲突，已作为建议保留。",
        "en": "Kept as a proposal: it conflicts.",
    },
    "held": {"zh": "等待其所引用的记录。", "en": "Waits for a record that it refers to."},
    "out_of_scope": {
        "zh": "已保留并转交站点，不计入。",
        "en": "Kept for the station, not counted.",
    },
    "rejected": {"zh": "未能接收，已保留原件。", "en": "Not taken; kept as it came."},
    "error": {"zh": "暂时无法处理，请稍后重新上传。", "en": "Can't be taken now: send it again."},
}


def result(sent_id: object, outcome: Outcome, language: Language) -> ResultOut:
    """The result of a record; a refusal speaks for itself."""
    refusal = outcome.refusal
    return ResultOut(
        id=sent_id if isinstance(sent_id, str) else None,
        status=outcome.status,
        code=outcome.code,
        message=refusal.title(language) if refusal else MESSAGES[outcome.status][language],
        retry=outcome.retry,
        facts=outcome.facts,
    )
