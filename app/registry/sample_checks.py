"""Blind checks: what is recorded is shown only after the checker said what was found (INF-3)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.db.models import OutboxEvent, Record, RecordVersion, Sample, SampleItem
from app.kit.errors import BadCursor, NotFound
from app.kit.paging import decode, encode
from app.outbox.emit import emit
from app.people.principal import Principal
from app.registry.fields import Field, FieldType, Secrecy
from app.registry.forms import present, read_fields
from app.registry.revealing import REVEALED
from app.registry.sample_refusals import (
    AlreadyChecked,
    CheckerIsAuthor,
    FoundIncomplete,
    FoundUnacceptable,
    ItemErased,
    NotBlind,
)
from app.registry.sample_schemas import (
    AskedField,
    ChoiceOut,
    ComparedField,
    ItemOut,
    ItemPage,
    SampleCheckIn,
    SampleCheckOut,
    WhereOut,
)
from app.registry.samples import Asked
from app.registry.versions import content_of
from app.rules.accuracy import INF_3
from app.rules.duplicates import compared
from app.rules.information import CheckResult, LookPurpose, RecordKind

LOCATORS = frozenset({"address", "place", "point"})
"""What the door is found by: shown, and therefore not asked."""
NOT_COMPARED = frozenset({FieldType.TEXT, FieldType.RECORD, FieldType.POINT})
"""Free words, and links of the registry's own."""
WORDS = frozenset({FieldType.LINE, FieldType.NAME, FieldType.ADDRESS})
FURTHEST = 2**31 - 1


def asked_fields(kind: RecordKind) -> list[Field]:
    """What a checker asks for: neither what leads there nor what says of a special group."""
    return [
        field
        for field in present(kind).fields
        if field.name not in LOCATORS
        and field.type not in NOT_COMPARED
        and field.secrecy is not Secrecy.SPECIAL
    ]


def items_of(session: Session, asker: Principal, sample: Sample, asked: Asked) -> ItemPage:
    """The items of a draw in order, each with what is needed to find it; the look is recorded."""
    cursor, limit = asked
    after = _place_in(cursor) if cursor else 0
    rows = session.execute(
        select(SampleItem, Record)
        .join(Record, Record.id == SampleItem.record_id)
        .where(SampleItem.sample_id == sample.id, SampleItem.place > after)
        .order_by(SampleItem.place)
        .limit(limit + 1)
    ).all()
    shown = [_item_out(session, asker, item, record) for item, record in rows[:limit]]
    more = len(rows) > limit
    return ItemPage(items=shown, next_cursor=encode(shown[-1].place) if more else None)


def _place_in(cursor: str) -> int:
    (place,) = decode(cursor, int)
    if not 0 <= int(place) <= FURTHEST:
        raise BadCursor
    return int(place)


def _gone(record: Record) -> bool:
    return record.erased_at is not None or record.merged_into is not None


def _item_out(session: Session, asker: Principal, item: SampleItem, record: Record) -> ItemOut:
    waits = item.result is None and not _gone(record)
    if waits:
        _tell_revealed(session, asker, item, record, ["address"])
    return ItemOut(
        place=item.place,
        kind=record.kind,
        grid_code=record.grid_code,
        where=_where(_drawn(session, item)) if waits else None,
        asked=[_asked(field) for field in asked_fields(record.kind)],
        gone=item.result is None and _gone(record),
        result=item.result,
        wrong_fields=item.wrong_fields,
        checked_by=item.checked_by,
        checked_at=item.checked_at,
    )


def _asked(field: Field) -> AskedField:
    return AskedField(
        name=field.name,
        type=field.type,
        zh=field.zh,
        en=field.en,
        required=field.required,
        choices=[ChoiceOut(value=one.value, zh=one.zh, en=one.en) for one in field.choices],
    )


def _where(content: Mapping[str, Any]) -> WhereOut:
    name, point = content.get("name"), content.get("point") or {}
    return WhereOut(
        address=content.get("address") or content.get("place"),
        name_begins=f"{name[0]}***" if name else None,
        lon=point.get("lon"),
        lat=point.get("lat"),
    )


def _drawn(session: Session, item: SampleItem) -> dict[str, Any]:
    version = session.get(RecordVersion, (item.record_id, item.version))
    assert version is not None, "versions are never deleted"
    return content_of(version)


def check_item(
    session: Session,
    asker: Principal,
    sample: Sample,
    place: int,
    body: SampleCheckIn,
    now: datetime,
) -> SampleCheckOut:
    """Take what was found, then compare it with the version drawn, once."""
    item, record = _to_check(session, asker, sample, place)
    recorded = _drawn(session, item)
    if body.found is None:
        _settle(asker, item, CheckResult.NOT_FOUND, [], now)
        item.found = {"note": body.note}
        fields: list[ComparedField] = []
    else:
        found = _read(record.kind, body.found)
        fields = compare(record.kind, recorded, found)
        wrong = [one.field for one in fields if not one.same]
        _settle(asker, item, CheckResult.WRONG if wrong else CheckResult.CORRECT, wrong, now)
        item.found = {"found": found, "note": body.note}
        _tell_revealed(session, asker, item, record, [one.field for one in fields])
    _tell_checked(session, asker, sample, item)
    session.flush()
    return _check_out(item, fields)


def _to_check(
    session: Session, asker: Principal, sample: Sample, place: int
) -> tuple[SampleItem, Record]:
    """An item that can be checked by the asker; held for change."""
    item = session.get(SampleItem, (sample.id, place), with_for_update=True)
    if item is None:
        raise NotFound
    record = session.get_one(Record, item.record_id, with_for_update={"read": True})
    if item.result is not None:
        raise AlreadyChecked(place=place)
    if _gone(record):
        raise ItemErased(place=place)
    if _is_author(session, asker, item, record):
        raise CheckerIsAuthor
    if _has_looked(session, asker, record):
        raise NotBlind
    return item, record


def _is_author(session: Session, asker: Principal, item: SampleItem, record: Record) -> bool:
    """Whether the asker collected, changed or entered what was drawn."""
    if asker.worker_id is not None and asker.worker_id == record.worker_id:
        return True
    mine = RecordVersion.account_id == asker.account_id
    if asker.worker_id is not None:
        mine = or_(mine, RecordVersion.worker_id == asker.worker_id)
    wrote = select(RecordVersion.number).where(
        RecordVersion.record_id == record.id, RecordVersion.number <= item.version, mine
    )
    entered = _acts(asker, record).where(OutboxEvent.name == "record.entered")
    return any(session.scalar(query.limit(1)) is not None for query in (wrote, entered))


def _has_looked(session: Session, asker: Principal, record: Record) -> bool:
    """Whether the asker ever revealed the record's fields otherwise than to find its door."""
    looks = _acts(asker, record).where(
        OutboxEvent.name == REVEALED,
        OutboxEvent.facts["sample"].astext.is_(None),
    )
    return session.scalar(looks.limit(1)) is not None


def _acts(asker: Principal, record: Record) -> Any:
    return select(OutboxEvent.id).where(
        OutboxEvent.subject_kind == "record",
        OutboxEvent.subject_id == str(record.id),
        OutboxEvent.account_id == asker.account_id,
    )


def _read(kind: RecordKind, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was found as the form writes it; raises FoundUnacceptable or FoundIncomplete."""
    asked = {field.name: field for field in asked_fields(kind)}
    values, problems = read_fields(present(kind), said)
    facts = [{"field": one.field, "code": one.code} for one in problems]
    facts += [{"field": name, "code": "not_asked"} for name in values if name not in asked]
    if facts:
        raise FoundUnacceptable(problems=facts)
    missing = [name for name, field in asked.items() if field.required and name not in values]
    if missing:
        raise FoundIncomplete(missing=missing)
    return values


def compare(
    kind: RecordKind, recorded: Mapping[str, Any], found: Mapping[str, Any]
) -> list[ComparedField]:
    """Field by field, of those said: words without regard to signs, blanks and width."""
    fields = [field for field in asked_fields(kind) if field.name in found]
    return [
        ComparedField(
            field=field.name,
            recorded=recorded.get(field.name),
            found=found[field.name],
            same=_same(field, recorded.get(field.name), found[field.name]),
        )
        for field in fields
    ]


def _same(field: Field, recorded: Any, found: Any) -> bool:
    if field.type in WORDS and recorded is not None and found is not None:
        return compared(recorded) == compared(found)
    return bool(recorded == found)


def _settle(
    asker: Principal, item: SampleItem, result: CheckResult, wrong: list[str], now: datetime
) -> None:
    item.result = result
    item.wrong_fields = wrong
    item.checked_by = asker.account_id
    item.checked_at = now


def _check_out(item: SampleItem, fields: list[ComparedField]) -> SampleCheckOut:
    assert item.result is not None
    assert item.checked_by is not None
    assert item.checked_at is not None
    return SampleCheckOut(
        sample_id=item.sample_id,
        place=item.place,
        record_id=item.record_id,
        version=item.version,
        result=item.result,
        wrong_fields=item.wrong_fields or [],
        fields=fields,
        checked_by=item.checked_by,
        checked_at=item.checked_at,
        rule=INF_3.rule,
        clause=INF_3.clause,
    )


def _tell_revealed(
    session: Session, asker: Principal, item: SampleItem, record: Record, fields: list[str]
) -> None:
    """Every look at a sensitive field is recorded, this one for a sample."""
    emit(
        session,
        REVEALED,
        by=asker.account_id,
        unit_code=record.community_code,
        subject=("record", record.id),
        purpose=LookPurpose.CHECK.value,
        fields=fields,
        sample=str(item.sample_id),
    )


def _tell_checked(session: Session, asker: Principal, sample: Sample, item: SampleItem) -> None:
    assert item.result is not None
    emit(
        session,
        "sample.checked",
        by=asker.account_id,
        unit_code=sample.unit_code,
        subject=("sample", sample.id),
        place=item.place,
        record=str(item.record_id),
        result=item.result.value,
        wrong_fields=item.wrong_fields,
    )
