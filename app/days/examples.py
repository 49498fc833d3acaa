"""Examples of answers about days, as the contract shows them."""

from typing import Any

WORKER = "0199d2f0-0000-7000-8000-000000000001"
RECORD = "0199d2f0-0000-7000-8000-000000000002"
DEVICE = "0199d2f0-0000-4000-8000-000000000003"
COMMUNITY = "510185001001"
GRID = "510185001001001"
FLD = {"rule": "FLD-1", "clause": "三(一)1 “6”"}

UNIT = {"code": COMMUNITY, "name": "示范社区", "tier": "community"}


def minutes(total: float, morning: float, afternoon: float, off_peak: float) -> dict[str, float]:
    """Minutes by halves."""
    return {"total": total, "morning": morning, "afternoon": afternoon, "off_peak": off_peak}


NO_MINUTES = minutes(0, 0, 0, 0)

WINDOWS: list[dict[str, Any]] = [
    {
        "number": 1,
        "opens": "08:30:00",
        "closes": "09:00:00",
        "state": "filled",
        "filled_by": "check_in",
        "record_id": RECORD,
        "rule": "ATT-1",
        "clause": "三(一)1 “3”",
    },
    {
        "number": 2,
        "opens": "14:30:00",
        "closes": "15:00:00",
        "state": "excused",
        "filled_by": "leave",
        "record_id": RECORD,
        "rule": "ATT-5",
        "clause": "三(二)2",
    },
    {
        "number": 3,
        "opens": "16:50:00",
        "closes": "17:00:00",
        "state": "missed",
        "filled_by": None,
        "record_id": None,
        "rule": "ATT-5",
        "clause": "三(二)2",
    },
]

DAY: dict[str, Any] = {
    "worker_id": WORKER,
    "worker_name": "王网格",
    "community_code": COMMUNITY,
    "grid_codes": [GRID],
    "day": "2026-03-18",
    "on_duty": True,
    "bound": True,
    "windows": WINDOWS,
    "field_time": {
        "verdict": "short",
        "counted": minutes(342, 126, 96, 120),
        "owed": minutes(360, 120, 120, 120),
        "short": minutes(18, 0, 24, 0),
        **FLD,
    },
    "data_quality": {
        "fixes": 2160,
        "mocked": 0,
        "imprecise": 12,
        "superseded": 0,
        "teleports": 1,
        "doubtful_share": 0.006,
    },
    "standing": "provisional",
    "stale": False,
    "computed_at": "2026-03-18T10:00:00Z",
    "rules_version": "1+5c1f0e7d9a3b",
}

TOTALS: dict[str, Any] = {
    "workers": 1,
    "on_duty": 1,
    "windows": {"owed": 3, "filled": 1, "excused": 1, "missed": 1, "waiting": 0},
    "met": 0,
    "short": 1,
    "excused": 0,
    "not_owed": 0,
    "minutes": minutes(342, 126, 96, 120),
    "stale": 0,
}

BOARD: dict[str, Any] = {
    "unit": UNIT,
    "day": "2026-03-18",
    "standing": "provisional",
    "totals": TOTALS,
    "items": [DAY],
    "next_cursor": None,
}

DAYS: dict[str, Any] = {"worker_id": WORKER, "items": [DAY], "next_cursor": None}

SUMMARY_ROW: dict[str, Any] = {
    "code": None,
    "worker_id": WORKER,
    "name": "王网格",
    "posted_days": 1,
    "computed_days": 1,
    "uncomputed_days": 0,
    "stale_days": 0,
    "provisional_days": 0,
    "duty_days": 1,
    "windows_owed": 3,
    "windows_filled": 1,
    "windows_excused": 1,
    "windows_missed": 1,
    "days_met": 0,
    "days_short": 1,
    "days_excused": 0,
    "minutes": minutes(342, 126, 96, 120),
    "fixes": 2160,
    "coverage": 1.0,
}

SUMMARY: dict[str, Any] = {
    "unit": UNIT,
    "first": "2026-03-18",
    "last": "2026-03-18",
    "total": {**SUMMARY_ROW, "code": COMMUNITY, "worker_id": None, "name": "示范社区"},
    "items": [SUMMARY_ROW],
}

MISSING: dict[str, Any] = {
    "day": "2026-03-18",
    "by_window": [{"window": 3, "missed": 1}],
    "stale": 0,
    "items": [
        {
            "window": 3,
            "opens": "16:50:00",
            "closes": "17:00:00",
            "worker_id": WORKER,
            "worker_name": "王网格",
            "phone": "19900000001",
            "community_code": COMMUNITY,
            "grid_codes": [GRID],
            "rule": "ATT-5",
            "clause": "三(二)2",
        }
    ],
    "next_cursor": None,
}

WHY_LATE = {"code": "late", "zh": "晚于签到时段", "en": "After the window closed"}

LATE: dict[str, Any] = {
    "day": "2026-03-18",
    "items": [
        {
            "id": RECORD,
            "worker_id": WORKER,
            "worker_name": "王网格",
            "community_code": COMMUNITY,
            "window": 1,
            "corrected_at": "2026-03-18T01:00:01Z",
            "received_at": "2026-03-18T01:00:03Z",
            "distance_m": 20.1,
            "accuracy_m": 12.0,
            "verdict": "late",
            "why": WHY_LATE,
            "rule": "ATT-1",
            "clause": "三(一)1 “3”",
        }
    ],
    "next_cursor": None,
}

EVIDENCE: dict[str, Any] = {
    "day": DAY,
    "calendar": {
        "on_duty": True,
        "by": "national_calendar",
        "decided_at": None,
        "rule": "ATT-6",
        "clause": "三(二)2, 二8",
    },
    "check_ins": [],
    "corrections": [],
    "leaves": [],
    "appointments": [],
    "counts_until": "2026-03-19T04:00:00Z",
    "batches": [
        {
            "batch_id": RECORD,
            "device_id": DEVICE,
            "received_at": "2026-03-18T01:10:00Z",
            "fixes": 60,
            "first_at": "2026-03-18T01:00:00Z",
            "last_at": "2026-03-18T01:09:50Z",
            "late": False,
        }
    ],
    "dispositions": [{"disposition": "used", "fixes": 60, "zh": "可用", "en": "Usable"}],
    "intervals": [
        {"start": "2026-03-18T01:00:00Z", "end": "2026-03-18T01:09:50Z", "seconds": 590.0}
    ],
    "boundaries": [{"grid_code": GRID, "boundary_id": 7}],
    "parameters": [
        {
            "name": "max_gap_s",
            "value": 300.0,
            "unit": "s",
            "rule": "FLD-2",
            "zh": "轨迹最大间隔",
            "en": "Longest gap in a track",
            "since": None,
        }
    ],
}

MY_DAY: dict[str, Any] = {
    "day": DAY,
    "check_ins": [],
    "visits": [
        {
            "id": RECORD,
            "kind": None,
            "grid_code": GRID,
            "place_id": RECORD,
            "place": "3栋2单元",
            "manner": "on_site",
            "outcome": "met",
            "verdict": "counts",
            "corrected_at": "2026-03-18T02:30:00Z",
        }
    ],
    "incidents": [],
    "messages": [
        {
            "kind": "leave",
            "subject_id": RECORD,
            "day": "2026-03-18",
            "outcome": "approved",
            "reason": "同意",
            "at": "2026-03-18T00:10:00Z",
        }
    ],
    "set_aside": 0,
}

TRACK: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [[104.5491, 30.4128], [104.5492, 30.4128]],
            },
            "properties": {
                "batch_id": RECORD,
                "device_id": DEVICE,
                "received_at": "2026-03-18T01:10:00Z",
                "late": False,
                "t": [1773795600000, 1773795610000],
                "accuracy": [8.0, None],
                "disposition": ["used", "imprecise"],
            },
        }
    ],
}
