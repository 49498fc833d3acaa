"""Earlier contracts from a spreadsheet, a line a contract: all of them or none (HIRE-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contracts.keeping import record_earlier
from app.contracts.schemas import EarlierContractIn
from app.db.models import Contract, Worker
from app.db.sealed import key_from_content
from app.kit.errors import NotFound
from app.people.importing.columns import Form, Vocabulary
from app.people.importing.fields import Cells
from app.people.importing.lists import Imported, Sheet, import_list
from app.people.principal import Principal
from app.people.workers import visible
from app.rules.hiring import RetirementPost

CONTRACTS = "contracts"
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "worker"),
    "phone": ("电话", "手机号", "联系电话"),
    "born": ("出生日期", "born on"),
    "retirement_post": ("退休岗位", "退休类别", "retirement post"),
    "signed_on": ("签订日期", "signed on"),
    "first_day": ("开始日期", "合同开始日期", "first day"),
    "term_ends_on": ("到期日期", "合同到期日期", "ends on"),
}
NEEDED = frozenset({"name", "phone", "born", "retirement_post", "signed_on", "first_day"})
VOCABULARY = Vocabulary(HEADINGS, {CONTRACTS: Form(NEEDED, frozenset({"term_ends_on"}))})
POSTS: Mapping[str, RetirementPost] = {
    **{post.value: post for post in RetirementPost},
    "男": RetirementPost.MEN,
    "女干部": RetirementPost.WOMEN_55,
    "女55": RetirementPost.WOMEN_55,
    "女工人": RetirementPost.WOMEN_50,
    "女50": RetirementPost.WOMEN_50,
}
EARLIEST_BIRTH, EARLIEST = date(1930, 1, 1), date(2000, 1, 1)


def import_contracts(
    session: Session, asker: Principal, content: bytes, now: datetime, *, keep: bool
) -> Imported:
    """All lines of a CSV or XLSX file, or none; the same line again changes nothing.

    Raises ListTooLong or ImportRefused.
    """
    lines = Lines(session, asker, now)
    sheet = Sheet(content, VOCABULARY)
    return import_list(session, sheet, {CONTRACTS: lines.write}, keep=keep)


@dataclass
class Lines:
    """The lines of one file."""

    session: Session
    asker: Principal
    now: datetime

    def write(self, cells: Cells) -> bool:
        """Record the contract of a line; whether it is new."""
        before = len(cells.findings.problems)
        said = {**self._days(cells), "retirement_post": cells.word("retirement_post", POSTS)}
        if not cells.row.cells.get("retirement_post"):
            cells.wrong("retirement_post", "missing")
        worker = self._worker(cells)
        if len(cells.findings.problems) > before or worker is None:
            return False
        facts = [str(worker.id), *(f"{name}={value}" for name, value in sorted(said.items()))]
        key = key_from_content(self.session, "contract", facts)
        if self.session.get(Contract, key) is not None:
            return False
        body = _body(cells, {"id": key, "worker_id": worker.id, **said})
        if body is not None:
            record_earlier(self.session, self.asker, body, self.now)
        return body is not None

    @staticmethod
    def _days(cells: Cells) -> dict[str, date | None]:
        found = {"born": cells.day("born", EARLIEST_BIRTH)}
        found |= {name: cells.day(name, EARLIEST) for name in ("signed_on", "first_day")}
        for name in found:
            if not cells.row.cells.get(name):
                cells.wrong(name, "missing")
        return {**found, "term_ends_on": cells.day("term_ends_on", EARLIEST)}

    def _worker(self, cells: Cells) -> Worker | None:
        """By phone, within one's unit; the name must be the same."""
        name, phone = cells.text("name"), cells.phone("phone")
        if phone is None:
            return None
        found = self.session.scalar(select(Worker).where(Worker.phone == phone))
        if found is None or found.name != name or not self._visible(found):
            cells.wrong("phone", "nobody_of_that_name")
            return None
        return found

    def _visible(self, worker: Worker) -> bool:
        try:
            visible(self.session, self.asker, worker.id)
        except NotFound:
            return False
        return True


def _body(cells: Cells, said: Mapping[str, Any]) -> EarlierContractIn | None:
    """The contract of a line; dates that contradict each other are a problem of it."""
    try:
        return EarlierContractIn.model_validate(said)
    except ValidationError:
        cells.wrong("first_day", "dates_contradict")
        return None
