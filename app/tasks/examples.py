"""Examples of sheets, as the contract shows them."""

from typing import Any

from app.days import examples as days

WORKER = days.WORKER
ID = "0199d2f0-0000-7000-8000-00000000000{}".format
TSK_1 = {"rule": "TSK-1", "clause": "三(一)1 “4”"}
VIS_7 = {"rule": "VIS-7", "clause": "三(一)1 “5”"}
UNITS = [
    {"code": "510185", "name": "简阳市", "tier": "city"},
    {"code": "510185001", "name": "示范街道", "tier": "township"},
    days.UNIT,
]


def part(name: str, records: list[str]) -> dict[str, Any]:
    """A part of a task by its records."""
    return {"part": name, "done": bool(records), "count": len(records), "records": records}


TASKS = [
    {
        "task": "signed_on",
        "verdict": "partly",
        "parts": [
            part("handset", [ID(2)]),
            part("track", [ID(3)]),
            part("chengdu", ["chengdu/2026-03-18"]),
            part("sichuan", []),
        ],
        **TSK_1,
    },
    {
        "task": "information",
        "verdict": "done",
        "parts": [part("collected", [f"{ID(4)}/1"]), part("checked", [])],
        **TSK_1,
    },
    {"task": "patrol", "verdict": "done", "parts": [part("patrolled", [ID(3)])], **TSK_1},
    {
        "task": "events",
        "verdict": "none",
        "parts": [part("filed", []), part("verified", [])],
        **TSK_1,
    },
]


def owed(kind: str, cadence: str, first: str, last: str, counts: tuple[int, ...]) -> dict[str, Any]:
    """What is owed of a kind."""
    number = list(KINDS).index(kind)
    names = ("owed", "taken_over", "paid", "made", "paid_on_date")
    return {
        "kind": kind,
        "cadence": cadence,
        "first_day": first,
        "last_day": last,
        **dict(zip(names, counts, strict=True)),
        "rule": f"VIS-{number + 1}",
        "clause": f"三(一)1 “5”{'一二三四五'[number]}",
    }


KINDS = ("property_guard", "rental", "special_group", "care", "resident")
WEEK = ("week", "2026-03-16", "2026-03-22")
VISITS_OWED = [
    owed("property_guard", "duty_date", "2026-03-18", "2026-03-18", (1, 0, 1, 1, 1)),
    owed("rental", *WEEK, (6, 1, 4, 1, 1)),
    owed("special_group", *WEEK, (2, 0, 1, 1, 1)),
    owed("care", *WEEK, (3, 0, 1, 0, 0)),
    owed("resident", "quarter", "2026-01-01", "2026-03-31", (48, 0, 41, 1, 1)),
]


def visit(number: int, at: str, kinds: list[str], place: str | None) -> dict[str, Any]:
    """A visit that counts."""
    return {
        "id": ID(number),
        "at": at,
        "kinds": kinds,
        "place_id": ID(9),
        "place_code": "000009",
        "place": place,
        "withheld": None if place else "special_group",
        "manner": "on_site",
        "outcome": "met",
        "verdict": "counts",
        **VIS_7,
    }


SHEET: dict[str, Any] = {
    "worker_id": WORKER,
    "worker_name": "王网格",
    "employment": "full_time",
    "bound": True,
    "day": "2026-03-18",
    "units": UNITS,
    "grids": [{"code": days.GRID, "name": "东城印象网格", "tier": "grid"}],
    "duty": {
        "on_duty": True,
        "by": "national_calendar",
        "reason": None,
        "rule": "ATT-6",
        "clause": "三(二)2, 二8",
    },
    "leaves": [],
    "windows": [
        {**days.WINDOWS[0], "at": "2026-03-18T08:42:10+08:00"},
        {**days.WINDOWS[1], "at": None},
        {**days.WINDOWS[2], "at": None},
    ],
    "tasks": TASKS,
    "logins": [
        {
            "platform": "chengdu",
            "at": "2026-03-18T08:50:00+08:00",
            "source": "station",
            "evidence": "平台登录名单第 12 行",
        }
    ],
    "visits_owed": VISITS_OWED,
    "visits": [
        visit(5, "2026-03-18T09:20:00+08:00", ["property_guard"], "东城印象小区物业"),
        visit(6, "2026-03-18T10:05:00+08:00", ["special_group"], None),
    ],
    "field_time": {
        **days.FLD,
        "verdict": "short",
        "counted": days.minutes(351.5, 126.0, 124.5, 101.0),
        "owed": days.minutes(360, 120, 120, 120),
        "short": days.minutes(8.5, 0, 0, 19.0),
        "appointments": [
            {
                "id": ID(7),
                "starts_at": "2026-03-18T18:30:00+08:00",
                "ends_at": "2026-03-18T19:30:00+08:00",
                "subject": "代办社保认证",
            }
        ],
    },
    "standing": "provisional",
    "information": {
        "kinds": [{"kind": "person", "collected": 1, "updated": 2, "submitted": 1, "returned": 0}],
        "checks": 0,
        "rule": "INF-1",
        "clause": "三(一)2, 二2",
    },
    "errands": {
        "acts": [
            {
                "id": ID(8),
                "errand_id": ID(8),
                "at": "2026-03-18T15:30:00+08:00",
                "step": "accepted",
                "matter": "社保认证",
            }
        ],
        "rule": "SVC-1",
        "clause": "三(一)3, 二1",
    },
    "events": {
        "filed": [],
        "handled": [],
        "scored": [],
        "verified": 0,
        "waiting_for_verification": 0,
        **TSK_1,
    },
    "meetings": [
        {
            "id": ID(1),
            "kind": "morning",
            "starts_at": "2026-03-18T08:50:00+08:00",
            "subject": "当日工作安排",
            "presence": "present",
            "rule": "MTG-1",
            "clause": "三(二)3",
        }
    ],
    "equipment": [],
    "notes": [
        {
            "id": ID(1),
            "at": "2026-03-18T17:20:00+08:00",
            "said": "3栋电梯停运，已联系物业。",
            "rule": "TSK-2",
            "clause": "三(一)1 “6”",
        }
    ],
    "photos": {"named": 3, "missing": 1},
    "data_quality": {
        "fixes": 420,
        "mocked": 0,
        "imprecise": 6,
        "superseded": 0,
        "teleports": 1,
        "doubtful_share": 0.0167,
    },
    "rules_version": "1+5f2c9a7be310",
    "computed_at": "2026-03-18T18:05:00+08:00",
    "code": "PSRS-D5ZA-GGAK-7I6L",
}

SHEETS: dict[str, Any] = {
    "unit": days.UNIT,
    "day": "2026-03-18",
    "items": [SHEET],
    "next_cursor": None,
}
