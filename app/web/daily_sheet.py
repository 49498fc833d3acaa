"""The day's sheet as a page that prints on A4 (TSK-2).

Nothing of it comes from elsewhere: no script, no font, no picture; its one style is inline and
named by its hash, so that a browser refuses anything that a record might have smuggled in.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from app.api.daily_sheets import AskedOccasion, AskedPlace, Occasion, SheetUnit
from app.api.deps import Db, Me, SheetsReader
from app.api.problems import refusals
from app.kit.errors import BadCursor, Forbidden, NotFound
from app.kit.language import Language
from app.tasks import sheets
from app.tasks.bands import form_of
from app.tasks.form import WIDTH, Pen, titled
from app.tasks.schemas import SheetOut
from app.tasks.sheets import Asked

router = APIRouter(prefix="/v1", tags=["tasks"])

TEMPLATES = Environment(
    loader=PackageLoader("app.web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STYLE = TEMPLATES.get_template("daily_sheet.css").render()
STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
KEPT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)
"""Holds for a page that was saved, too."""
POLICY = f"{KEPT_POLICY}; frame-ancestors 'none'"
LANGUAGE_TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Drawn:
    """The sheets of a page, and where the next page begins."""

    sheets: Sequence[SheetOut]
    next_cursor: str | None = None


@router.get(
    "/me/daily-sheet/page",
    response_class=HTMLResponse,
    responses=refusals(NotFound, Forbidden),
)
def my_page(db: Db, asker: Me, occasion: AskedOccasion) -> HTMLResponse:
    """One's own sheet of a date as a page to print."""
    sheet = sheets.own_sheet(db, asker.as_worker(), occasion.day, occasion.now)
    return page(Drawn([sheet]), occasion)


@router.get(
    "/daily-sheets/page",
    response_class=HTMLResponse,
    responses=refusals(NotFound, BadCursor),
)
def office_page(
    db: Db,
    asker: SheetsReader,
    occasion: AskedOccasion,
    place: AskedPlace,
    unit: SheetUnit = None,
    worker: Annotated[UUID | None, Query(description="One worker instead of all")] = None,
) -> HTMLResponse:
    """The sheets of a unit's workers, or of one of them, as pages to print: a worker a page."""
    asker.look(unit or asker.unit_code)
    if worker is not None:
        sheet = sheets.sheet_of(db, asker, worker, occasion.day, occasion.now)
        if unit is not None and not sheet.units[-1].code.startswith(unit):
            raise NotFound
        return page(Drawn([sheet]), occasion)
    asked = Asked(unit or asker.unit_code, occasion.day, place)
    found = sheets.sheets_of(db, asker, asked, occasion.now)
    return page(Drawn(found.items, found.next_cursor), occasion)


def page(drawn: Drawn, occasion: Occasion) -> HTMLResponse:
    """The page of some sheets in the caller's language."""
    language = occasion.language
    content = TEMPLATES.get_template("daily_sheet.html").render(
        title=f"{titled(Pen(language))} {occasion.day}",
        language=LANGUAGE_TAGS[language],
        policy=KEPT_POLICY,
        style=STYLE,
        width=WIDTH,
        nobody=Pen(language)("本单位当日没有网格员任职。", "Nobody had a post here on the date."),
        forms=[form_of(sheet, language) for sheet in drawn.sheets],
    )
    headers = {
        "Content-Security-Policy": POLICY,
        "Content-Language": language,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if drawn.next_cursor:
        headers["X-Next-Cursor"] = drawn.next_cursor
    return HTMLResponse(content, headers=headers)
