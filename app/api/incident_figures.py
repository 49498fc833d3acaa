"""Inbox, map and statistics of events (EVT-1, EVT-3, EVT-5)."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.deps import BoardsReader, Db, EventsReader, Me, Now, Reads
from app.api.export import FILES, Columns, as_asked
from app.api.incident_queries import (
    InboxAsked,
    IncidentCountsAsked,
    MapAsked,
    MyQuotaAsked,
    QuotasAsked,
    TimelinessAsked,
    month_first,
)
from app.api.problems import refusals
from app.api.units import GeoJSON
from app.incidents import figures, map, quota, times
from app.incidents.figures import IncidentCountsPage
from app.incidents.inbox import Before, InboxOf, inbox
from app.incidents.look_refusals import IncidentRangeTooLong
from app.incidents.look_schemas import InboxPage
from app.incidents.map import IncidentFeatures
from app.incidents.quota import EventQuotaOut, EventQuotaPage, Month
from app.incidents.seeing import tier_of_asker, tier_of_unit
from app.incidents.times import TimelinessPage
from app.kit.clock import civil_day
from app.kit.errors import BadCursor, NotFound
from app.rules.tiers import Tier

router = APIRouter(prefix="/v1", tags=["incidents"])
INBOX_COLUMNS: Columns = {
    "due_at": ("时限", "Due at"),
    "seconds_to_due": ("距时限（秒）", "Seconds to due"),
    "category_zh": ("类别", "Category (Chinese)"),
    "category_en": ("类别（英文）", "Category"),
    "severity": ("等级", "Severity"),
    "state": ("状态", "State"),
    "tier": ("层级", "Tier"),
    "came_from": ("来自", "Came from"),
    "arrived_at": ("到达时间", "Arrived at"),
    "taken_up_at": ("受理时间", "Taken up at"),
    "yellow_at": ("黄牌时间", "Yellow at"),
    "red_at": ("红牌时间", "Red at"),
    "cards.colour": ("亮牌", "Cards"),
    "extension_asked.hours": ("申请延期（小时）", "Extension asked (h)"),
    "help_asked_at": ("请求协助", "Help asked at"),
    "worker_name": ("上报人", "Worker"),
    "grid_code": ("网格代码", "Grid"),
    "unit_code": ("单位代码", "Unit"),
    "incident_id": ("编号", "Key"),
}
COUNT_COLUMNS: Columns = {
    "key": ("代码", "Key"),
    "name_zh": ("名称", "Name (Chinese)"),
    "name_en": ("名称（英文）", "Name"),
    "reported": ("上报", "Reported"),
    "open": ("在办", "Open"),
    "overdue": ("超时", "Overdue"),
    "closed": ("办结", "Closed"),
    "not_counted": ("不计（撤回、虚假、重复）", "Not counted"),
    "major": ("重大", "Major"),
    "carded": ("亮牌", "Carded"),
    "reopened": ("重开", "Reopened"),
}
TIME_COLUMNS: Columns = {
    "key": ("代码", "Key"),
    "name_zh": ("名称", "Name (Chinese)"),
    "name_en": ("名称（英文）", "Name"),
    "tier": ("层级", "Tier"),
    "arrived": ("到达", "Arrived"),
    "closed": ("办结或移交", "Closed"),
    "on_time": ("按时", "On time"),
    "open_overdue": ("在办超时", "Open and overdue"),
    "on_time_share": ("按时率", "On-time share"),
    "response_median_h": ("受理时长中位数（小时）", "Median response (h)"),
    "response_p90_h": ("九成受理在（小时）", "90 % responded within (h)"),
    "handling_median_h": ("办理时长中位数（小时）", "Median handling (h)"),
    "handling_p90_h": ("九成办理在（小时）", "90 % handled within (h)"),
}
QUOTA_COLUMNS: Columns = {
    "worker_name": ("姓名", "Worker"),
    "community_code": ("社区代码", "Community"),
    "month": ("月份", "Month"),
    "filed": ("上报", "Filed"),
    "counted": ("计入", "Counted"),
    "not_counted.withdrawn": ("撤回", "Withdrawn"),
    "not_counted.false": ("虚假", "False"),
    "not_counted.duplicate": ("重复", "Duplicate"),
    "quota": ("任务量", "Quota"),
    "verdict": ("结论", "Verdict"),
    "clause": ("条款", "Clause"),
    "worker_id": ("编号", "Key"),
}


@router.get(
    "/incidents/inbox", response_model=InboxPage, responses=refusals(BadCursor, NotFound) | FILES
)
def read_inbox(
    db: Db, asker: EventsReader, now: Now, reads: Reads, asked: Annotated[InboxAsked, Query()]
) -> InboxPage | Response:
    """What a tier holds now, or what the tier below asks of it; what falls due first first."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    own = tier_of_asker(asker) if unit == asker.unit_code else tier_of_unit(unit)
    tier = asked.tier or own
    of = asked.of or (InboxOf.ASKED if tier is Tier.OFFICE else InboxOf.HELD)
    page = inbox(db, Before(unit, tier, of), asked.page, now)
    return as_asked(page, INBOX_COLUMNS, asked.format, f"inbox-{tier.value}", reads)


@router.get("/incidents/map", responses=refusals(BadCursor, NotFound), response_class=GeoJSON)
def incident_map(
    db: Db, asker: EventsReader, asked: Annotated[MapAsked, Query()]
) -> IncidentFeatures:
    """Events as points of a map (GeoJSON), open ones unless something else is asked for."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    return map.features(db, asked.on_map(unit), asked.page)


@router.get(
    "/incidents/counts",
    response_model=IncidentCountsPage,
    responses=refusals(BadCursor, NotFound, IncidentRangeTooLong) | FILES,
)
def incident_counts(
    db: Db,
    asker: EventsReader,
    now: Now,
    reads: Reads,
    asked: Annotated[IncidentCountsAsked, Query()],
) -> IncidentCountsPage | Response:
    """How many events were reported over a span, and where they stand."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    which = asked.over(unit, civil_day(now))
    page = figures.counts(db, which, asked.by, asked.page, now)
    return as_asked(page, COUNT_COLUMNS, asked.format, f"incidents-by-{asked.by.value}", reads)


@router.get(
    "/incidents/timeliness",
    response_model=TimelinessPage,
    responses=refusals(BadCursor, NotFound, IncidentRangeTooLong) | FILES,
)
def incident_timeliness(
    db: Db,
    asker: EventsReader,
    now: Now,
    reads: Reads,
    asked: Annotated[TimelinessAsked, Query()],
) -> TimelinessPage | Response:
    """Of the holds that arrived over a span: the share on time, response and handling times."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    span = asked.span(unit, civil_day(now))
    page = times.timeliness(db, span, asked.by, asked.page, now)
    return as_asked(page, TIME_COLUMNS, asked.format, f"timeliness-by-{asked.by.value}", reads)


@router.get(
    "/incidents/quotas",
    response_model=EventQuotaPage,
    responses=refusals(BadCursor, NotFound) | FILES,
)
def event_quotas(
    db: Db, asker: BoardsReader, now: Now, reads: Reads, asked: Annotated[QuotasAsked, Query()]
) -> EventQuotaPage | Response:
    """How many events each worker of a unit filed in a month, and what does not count (EVT-5)."""
    unit = asked.unit or asker.unit_code
    asker.look(unit)
    today = civil_day(now)
    month = Month.of(db, month_first(asked.month, today), today)
    page = quota.quotas(db, unit, month, asked.page)
    return as_asked(page, QUOTA_COLUMNS, asked.format, f"quotas-{month.first:%Y-%m}", reads)


@router.get("/me/incident-quota", responses=refusals(NotFound))
def my_event_quota(
    db: Db, asker: Me, now: Now, asked: Annotated[MyQuotaAsked, Query()]
) -> EventQuotaOut:
    """How many events one filed in a month, and what does not count (EVT-5)."""
    today = civil_day(now)
    month = Month.of(db, month_first(asked.month, today), today)
    return quota.own_quota(db, asker.as_worker(), month)
