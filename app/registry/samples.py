"""Samples: drawn by the system at random, and so that anybody can repeat the draw (INF-3)."""

import secrets
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.db.models import Record, Sample, SampleItem
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.kit.ids import uuid7
from app.kit.paging import decode, encode
from app.outbox.emit import emit
from app.people.posts import under
from app.people.principal import Principal
from app.people.units import unit_of
from app.registry.sample_refusals import NothingToDraw
from app.registry.sample_schemas import ProofOut, SampleIn, SampleOut, SamplePage
from app.registry.scopes import alive, records_in
from app.rules.accuracy import Drawable, digest_of, draw, written_population
from app.rules.information import CheckResult, RecordKind

Asked = tuple[str | None, int]
"""The cursor and how many rows at most."""

ALGORITHM_ZH = (
    "总体文件每行为“记录编号,版本”，按记录编号升序，其 SHA-256 即总体摘要；"
    "对每个记录编号计算 SHA-256(种子 + “:” + 编号)，按结果升序取前若干条。"
    "种子在总体确定之后由系统随机产生。"
)
ALGORITHM_EN = (
    "The population file has a line `record,version` for each record, in order of the records; "
    "its SHA-256 is the digest. Records are put in the order of SHA-256(seed + ':' + record), "
    "ascending, and the first `size` are drawn. The seed was made at random by the server after "
    "the population was fixed."
)


def draw_sample(session: Session, asker: Principal, body: SampleIn, now: datetime) -> Sample:
    """Draw from what is entered now: the population first, then the seed, then the lots."""
    asker.act(body.unit)
    unit_of(session, asker, body.unit)
    population = population_of(session, body.unit, body.kind, civil_day(now))
    if not population:
        raise NothingToDraw(unit=body.unit)
    sample = Sample(
        id=uuid7(now),
        unit_code=body.unit,
        kind=body.kind,
        seed=secrets.token_hex(16),
        size=body.size,
        population=len(population),
        population_digest=digest_of(population),
        population_file=zlib.compress(written_population(population)),
        drawn_by=asker.account_id,
        drawn_at=now,
        day=civil_day(now),
    )
    session.add(sample)
    session.flush()
    _put_in_order(session, sample, population)
    _tell_drawn(session, asker, sample)
    return sample


def population_of(
    session: Session, unit_code: str, kind: RecordKind | None, day: date
) -> list[Drawable]:
    """What can be drawn of a unit: entered, not ended, not erased, not merged."""
    query = select(Record.id, Record.entered_version).where(
        records_in(unit_code),
        alive(),
        Record.entered_version.is_not(None),
        or_(Record.ended_on.is_(None), Record.ended_on > day),
    )
    if kind is not None:
        query = query.where(Record.kind == kind)
    return [Drawable(key, version or 0) for key, version in session.execute(query)]


def _put_in_order(session: Session, sample: Sample, population: Sequence[Drawable]) -> None:
    versions = {one.key: one.version for one in population}
    drawn = draw(versions, sample.seed, sample.size)
    session.add_all(
        SampleItem(sample_id=sample.id, place=place, record_id=key, version=versions[key])
        for place, key in enumerate(drawn, start=1)
    )
    session.flush()


def _tell_drawn(session: Session, asker: Principal, sample: Sample) -> None:
    emit(
        session,
        "sample.drawn",
        by=asker.account_id,
        unit_code=sample.unit_code,
        subject=("sample", sample.id),
        kind=sample.kind.value if sample.kind else None,
        size=sample.size,
        population=sample.population,
        population_digest=sample.population_digest,
    )


def sample_of(session: Session, asker: Principal, key: UUID) -> Sample:
    """A draw within the asker's unit; raises NotFound."""
    found = session.get(Sample, key)
    if found is None:
        raise NotFound
    asker.look(found.unit_code)
    return found


def sample_out(session: Session, sample: Sample) -> SampleOut:
    """One draw with how far its checks are."""
    return _outs(session, [sample])[0]


def samples_under(session: Session, unit_code: str, asked: Asked) -> SamplePage:
    """The draws of a unit and what is below it, latest first."""
    cursor, limit = asked
    query = select(Sample).where(under(Sample.unit_code, unit_code))
    if cursor:
        query = query.where(Sample.id < key_in(cursor))
    rows = session.scalars(query.order_by(Sample.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    more = len(rows) > limit
    return SamplePage(
        items=_outs(session, shown), next_cursor=encode(str(shown[-1].id)) if more else None
    )


def key_in(cursor: str) -> UUID:
    """The key after which a page goes on; raises BadCursor."""
    (said,) = decode(cursor, str)
    try:
        return UUID(str(said))
    except ValueError:
        raise BadCursor from None


def _outs(session: Session, samples: Sequence[Sample]) -> list[SampleOut]:
    counts = {row.sample_id: row for row in session.execute(_counts([one.id for one in samples]))}
    shown = []
    for one in samples:
        count = counts[one.id]._asdict()
        count.pop("sample_id")
        plain = {name: getattr(one, name) for name in SampleOut.model_fields if hasattr(one, name)}
        shown.append(SampleOut(**plain, **count))
    return shown


def _counts(keys: Sequence[UUID]) -> Any:
    """How many items of each draw came to what."""
    waiting = SampleItem.result.is_(None)
    cases = {
        "correct": SampleItem.result == CheckResult.CORRECT,
        "wrong": SampleItem.result == CheckResult.WRONG,
        "not_found": SampleItem.result == CheckResult.NOT_FOUND,
        "gone": waiting & ~alive(),
        "open": waiting & alive(),
    }
    counts = [func.count().filter(case).label(name) for name, case in cases.items()]
    return (
        select(SampleItem.sample_id, func.count().label("drawn"), *counts)
        .join(Record, Record.id == SampleItem.record_id)
        .where(SampleItem.sample_id.in_(keys))
        .group_by(SampleItem.sample_id)
    )


def population_file(sample: Sample) -> bytes:
    """The population that a sample was drawn from, as it was then."""
    return zlib.decompress(sample.population_file)


def proof_of(session: Session, sample: Sample) -> ProofOut:
    """Draw again from the stored population and say whether the same comes out."""
    population = _read(population_file(sample))
    drawn = session.execute(
        select(SampleItem.record_id, SampleItem.version)
        .where(SampleItem.sample_id == sample.id)
        .order_by(SampleItem.place)
    ).all()
    versions = {one.key: one.version for one in population}
    again = [(key, versions[key]) for key in draw(versions, sample.seed, sample.size)]
    matches = digest_of(population) == sample.population_digest
    return ProofOut(
        sample_id=sample.id,
        unit_code=sample.unit_code,
        kind=sample.kind,
        drawn_at=sample.drawn_at,
        seed=sample.seed,
        size=sample.size,
        population=sample.population,
        population_digest=sample.population_digest,
        population_at=f"/v1/samples/{sample.id}/population",
        algorithm_zh=ALGORITHM_ZH,
        algorithm_en=ALGORITHM_EN,
        drawn=[key for key, _ in drawn],
        digest_matches=matches,
        repeats=matches and again == [tuple(row) for row in drawn],
    )


def _read(file: bytes) -> list[Drawable]:
    lines = (line.split(",") for line in file.decode("ascii").splitlines())
    return [Drawable(UUID(key), int(version)) for key, version in lines]
