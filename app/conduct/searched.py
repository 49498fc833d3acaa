"""Which communities' months were searched for grounds, and when."""

from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.conduct.detecting import settles_at_of
from app.conduct.survey_schemas import DetectedOut, DetectionOut, DetectionPage
from app.db.models import ConductDetection, Unit
from app.kit.clock import SHANGHAI
from app.kit.errors import NotFound
from app.kit.paging import decode, encode
from app.people.posts import under
from app.people.principal import Principal
from app.people.units import unit_of
from app.rules.divisions import UnitTier


def community_of(session: Session, asker: Principal, code: str) -> Unit:
    """A community within one's unit; raises NotFound."""
    found = unit_of(session, asker, code)
    if found.tier is not UnitTier.COMMUNITY:
        raise NotFound(unit=code)
    return found


def detected_out(session: Session, community_code: str, month: date, proposed: int) -> DetectedOut:
    """What a search came to."""
    row = session.get_one(ConductDetection, (community_code, month))
    session.refresh(row)
    shown = _out(community_code, month, row, settles_at_of(session, month))
    return DetectedOut(**shown.model_dump(), proposed=proposed)


def detections_under(
    session: Session, unit_code: str, month: date, page: tuple[str | None, int]
) -> DetectionPage:
    """Every community of a unit, by code."""
    cursor, limit = page
    query = (
        select(Unit.code, ConductDetection)
        .outerjoin(
            ConductDetection,
            and_(ConductDetection.community_code == Unit.code, ConductDetection.month == month),
        )
        .where(Unit.tier == UnitTier.COMMUNITY, under(Unit.code, unit_code))
    )
    if cursor is not None:
        query = query.where(Unit.code > decode(cursor, str)[0])
    settles = settles_at_of(session, month)
    rows = session.execute(query.order_by(Unit.code).limit(limit + 1)).all()
    shown = rows[:limit]
    return DetectionPage(
        items=[_out(code, month, row, settles) for code, row in shown],
        next_cursor=encode(shown[-1].code) if len(rows) > limit else None,
    )


def _out(
    community_code: str, month: date, row: ConductDetection | None, settles: datetime
) -> DetectionOut:
    return DetectionOut(
        community_code=community_code,
        month=f"{month:%Y-%m}",
        settles_at=settles.astimezone(SHANGHAI),
        detected_at=row.detected_at if row else None,
        found=row.found if row else None,
        rules_version=row.rules_version if row else None,
    )
