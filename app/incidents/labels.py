"""What categories, tiers and states of events are called in both languages."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import IncidentCategoryRow
from app.rules.field_records import Severity
from app.rules.incidents import State
from app.rules.tiers import Tier


class CategoryWords(NamedTuple):
    """A name; of a category below the first level only its own."""

    zh: str
    en: str


FIXED: Mapping[str, CategoryWords] = {
    Tier.GRID: CategoryWords("网格", "Grid"),
    Tier.COMMUNITY: CategoryWords("社区（村）", "Community"),
    Tier.TOWNSHIP: CategoryWords("乡镇（街道）", "Township"),
    Tier.CENTRE: CategoryWords("指挥中心", "Command centre"),
    Tier.OFFICE: CategoryWords("领导小组办公室", "Leading-group office"),
    State.HELD: CategoryWords("待处置", "Held"),
    State.HANDLING: CategoryWords("处置中", "Being handled"),
    State.CLOSED: CategoryWords("已办结", "Closed"),
    State.FOLLOWED_UP: CategoryWords("已回访", "Followed up"),
    State.VERIFIED: CategoryWords("已验证", "Verified"),
    State.WITHDRAWN: CategoryWords("已撤回", "Withdrawn"),
    State.FALSE: CategoryWords("虚假事件", "False"),
    State.DUPLICATE: CategoryWords("重复事件", "Duplicate"),
    Severity.GENERAL: CategoryWords("一般", "General"),
    Severity.MAJOR: CategoryWords("重大", "Major"),
}
"""What tiers, states and severities are called."""


def category_words(session: Session, codes: Collection[str]) -> Mapping[str, CategoryWords]:
    """What some categories are called; ended ones too."""
    if not codes:
        return {}
    row = IncidentCategoryRow
    found = session.execute(select(row.code, row.zh, row.en).where(row.code.in_(set(codes))))
    return {code: CategoryWords(zh, en) for code, zh, en in found}


def named(code: str, words: Mapping[str, CategoryWords]) -> dict[str, str]:
    """The fields that tell a category in a row."""
    said = words.get(code, CategoryWords(code, code))
    return {"category": code, "category_zh": said.zh, "category_en": said.en}
