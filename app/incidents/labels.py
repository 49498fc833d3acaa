"""What categories of events are called in both languages."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import IncidentCategoryRow


class CategoryWords(NamedTuple):
    """A category's name; of one below the first level only its own."""

    zh: str
    en: str


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
