"""Visit places from a spreadsheet: a line is a door with the kinds that it owes (VIS-6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import VisitPlace, VisitTarget
from app.db.sealed import key_from_content
from app.kit.clock import civil_day
from app.kit.schema import Crs
from app.people.importing.columns import Form, Vocabulary
from app.people.importing.fields import Cells
from app.people.importing.lists import Imported, Sheet, import_list
from app.people.principal import Principal
from app.rules.coordinates import ReferenceSystem
from app.rules.organisation import GRID_DIGITS
from app.rules.visits import VisitKind
from app.visits import keeping
from app.visits.place_schemas import PlaceIn, TargetIn

PLACES = "visit_places"
BETWEEN_KINDS = re.compile(r"[、,，;；/+ ]+")
VOCABULARY = Vocabulary(
    {
        "label": ("地点", "地址", "名称", "place"),
        "kinds": ("走访类别", "类别", "kind"),
        "grid_code": ("网格编码", "网格代码", "grid"),
        "lon": ("经度", "longitude"),
        "lat": ("纬度", "latitude"),
        "crs": ("坐标系",),
        "first_day": ("起始日期", "开始日期", "first date", "from"),
        "last_day": ("终止日期", "last date"),
        "id": ("编号", "key"),
    },
    {
        PLACES: Form(
            frozenset({"label", "kinds", "lon", "lat"}),
            frozenset({"grid_code", "crs", "first_day", "last_day", "id"}),
        )
    },
)
"""What the list of places exports is understood; its last date is passed over."""
KINDS: Mapping[str, VisitKind] = {
    **{kind.value: kind for kind in VisitKind},
    "物管和保安": VisitKind.PROPERTY_GUARD,
    "物管": VisitKind.PROPERTY_GUARD,
    "保安": VisitKind.PROPERTY_GUARD,
    "出租房": VisitKind.RENTAL,
    "流动人口": VisitKind.RENTAL,
    "特殊人群": VisitKind.SPECIAL_GROUP,
    "关怀对象": VisitKind.CARE,
    "常住人口": VisitKind.RESIDENT,
}
SPOKEN: Mapping[ReferenceSystem, Crs] = {
    ReferenceSystem.WGS84: "wgs84",
    ReferenceSystem.GCJ02: "gcj02",
    ReferenceSystem.BD09: "bd09",
}
SYSTEMS: Mapping[str, ReferenceSystem] = {spoken: system for system, spoken in SPOKEN.items()}


def import_places(
    session: Session, asker: Principal, content: bytes, now: datetime, *, keep: bool
) -> Imported:
    """All lines of a CSV or XLSX file, or none; the same line again changes nothing.

    Raises ListTooLong or ImportRefused.
    """
    lines = Lines(session, asker, now)
    return import_list(session, Sheet(content, VOCABULARY), {PLACES: lines.write}, keep=keep)


@dataclass
class Lines:
    """The lines of one file, each of which is there once."""

    session: Session
    asker: Principal
    now: datetime
    seen: dict[UUID, int] = field(default_factory=dict)

    def write(self, cells: Cells) -> bool:
        """Register the place of a line; whether it is new."""
        body = read(self.session, cells, civil_day(self.now))
        if body is None or body.id is None:
            return False
        if body.id in self.seen:
            cells.wrong("label", "twice", line=self.seen[body.id])
            return False
        self.seen[body.id] = cells.row.place.line
        if self.session.get(VisitPlace, body.id) is None:
            keeping.register(self.session, self.asker, body, self.now)
            return True
        self._compare(cells, body.id, body)
        return False

    def _compare(self, cells: Cells, place_id: UUID, body: PlaceIn) -> None:
        """A place that is there stays as it is; a line that says otherwise is wrong."""
        keeping.visible(self.session, self.asker, place_id, civil_day(self.now))
        rows = self.session.scalars(
            select(VisitTarget.kind).where(VisitTarget.place_id == place_id)
        )
        if not {target.kind for target in body.targets} <= set(rows):
            cells.wrong("kinds", "other_kinds")


def read(session: Session, cells: Cells, today: date) -> PlaceIn | None:
    """The place that a line says; None where a cell can't be read."""
    before = len(cells.findings.problems)
    label = cells.text("label")
    lon, lat = cells.number("lon", -180, 180), cells.number("lat", -90, 90)
    system = cells.word("crs", SYSTEMS) or ReferenceSystem.WGS84
    grid_code = cells.code_if_any("grid_code", GRID_DIGITS)
    kinds = read_kinds(cells)
    first = cells.day("first_day") or today
    key = cells.key("id") or key_from_content(session, "visit place", [label, lon, lat, grid_code])
    if len(cells.findings.problems) > before:
        return None
    assert lon is not None
    assert lat is not None
    return PlaceIn(
        id=key,
        label=label,
        lon=lon,
        lat=lat,
        crs=SPOKEN[system],
        grid_code=grid_code,
        targets=[TargetIn(kind=kind, first_day=first) for kind in kinds],
    )


def read_kinds(cells: Cells) -> list[VisitKind]:
    """One or several kinds, each once."""
    words = [word for word in BETWEEN_KINDS.split(cells.text("kinds").lower()) if word]
    unknown = [word for word in words if word not in KINDS]
    if unknown:
        cells.wrong("kinds", "not_a_word", words=" / ".join(KINDS))
    return list(dict.fromkeys(KINDS[word] for word in words if word in KINDS))
