"""Examples of events, as the contract shows them."""

from typing import Any

Example = dict[str, Any]

ID = "0199d2f0-0000-7000-8000-000000000041"
HOP = "0199d2f0-0000-7000-8000-000000000042"
ACT = "0199d2f0-0000-7000-8000-000000000043"
CARD = "0199d2f0-0000-7000-8000-000000000044"
WORKER = "0199d2f0-0000-7000-8000-000000000002"
PHOTO = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
GRID = "510185001001001"
COMMUNITY = "510185001001"
CATEGORY: Example = {
    "category": "public_safety",
    "category_zh": "公共安全",
    "category_en": "Public safety",
}
INSTANTS: Example = {
    "due_at": "2026-03-19T02:30:00Z",
    "yellow_at": "2026-03-19T02:30:00Z",
    "red_at": "2026-03-20T02:30:00Z",
}
HOLD: Example = {
    "hop_id": HOP,
    "tier": "community",
    "unit_code": COMMUNITY,
    "came_from": "grid",
    "arrived_at": "2026-03-18T02:30:00Z",
    "taken_up_at": None,
    **INSTANTS,
}
CARD_SEEN: Example = {
    "id": CARD,
    "hop_id": HOP,
    "colour": "yellow",
    "origin": "clock",
    "tier": "community",
    "unit_code": COMMUNITY,
    "worker_id": None,
    "fell_at": "2026-03-19T02:30:00Z",
    "drawn_at": "2026-03-19T02:30:04Z",
    "questioned": False,
    "withdrawn_at": None,
}
SAYS: Example = {
    "platform": "chengdu",
    "their_ref": "WZL-20260318-0017",
    "their_state": "processed",
    "state": "closed",
    "handled": True,
    "said_at": "2026-03-19T01:00:00Z",
}
ROW: Example = {
    "id": ID,
    "day": "2026-03-18",
    "reported_at": "2026-03-18T01:20:00Z",
    "worker_id": WORKER,
    "worker_name": "王网格",
    "grid_code": GRID,
    **CATEGORY,
    "severity": "general",
    "state": "held",
    "lon": 104.5472,
    "lat": 30.411,
    "changed_at": "2026-03-18T02:30:00Z",
    "closed_at": None,
    "closed_by": None,
    "reopened": False,
    "score": None,
    "duplicate_of": None,
    "holds": [HOLD],
    "cards": [CARD_SEEN],
}
INBOX_ROW: Example = {
    "hop_id": HOP,
    "incident_id": ID,
    "tier": "community",
    "unit_code": COMMUNITY,
    "grid_code": GRID,
    **CATEGORY,
    "severity": "general",
    "state": "held",
    "lon": 104.5472,
    "lat": 30.411,
    "worker_id": WORKER,
    "worker_name": "王网格",
    "reported_at": "2026-03-18T01:20:00Z",
    "came_from": "grid",
    "arrived_at": "2026-03-18T02:30:00Z",
    "taken_up_at": None,
    **INSTANTS,
    "seconds_to_due": 5400,
    "extended_h": "0.00",
    "extension_asked": {"asked_at": "2026-03-18T08:00:00Z", "hours": "6.50"},
    "help_asked_at": None,
    "cards": [CARD_SEEN],
    "platforms": [SAYS],
}
ACT_SEEN: Example = {
    "id": ACT,
    "number": 2,
    "act": "escalate",
    "tier": "grid",
    "unit_code": GRID,
    "by_name": "王网格",
    "by_roles": ["worker"],
    "worker_id": WORKER,
    "captured_at": "2026-03-18T02:29:58Z",
    "corrected_at": "2026-03-18T02:30:00Z",
    "received_at": "2026-03-18T02:30:04Z",
    "effective_at": "2026-03-18T02:30:00Z",
    "time_proven": True,
    "was": "held",
    "became": "held",
    "to_tier": "community",
    "lon": 104.5472,
    "lat": 30.411,
    "facts": {},
    "words": {"reason": "超出网格处置能力，需社区协调物业"},
    "photos": [],
    "missing_photos": [],
}
HOP_SEEN: Example = {
    **HOLD,
    "worker_id": None,
    "ended_at": None,
    "outcome": None,
    "extended_h": "0.00",
    "extension": {
        "asked_at": "2026-03-18T08:00:00Z",
        "hours": "6.50",
        "granted": True,
        "decided_at": "2026-03-18T09:10:00Z",
    },
    "clocks": [
        {
            "computed_at": "2026-03-18T02:30:04Z",
            "why": "arrival",
            **INSTANTS,
            "inputs": {"hours": "13"},
        }
    ],
}
DETAIL: Example = {
    **ROW,
    "rule": "EVT-1",
    "clause": "二3, 二4, 二7",
    "reporter": "resident",
    "straight_to_centre": False,
    "accuracy_m": 9.0,
    "description": "楼道堆放杂物",
    "masked": False,
    "has_contact": True,
    "verified_at": None,
    "verified_by": None,
    "linked_by": None,
    "duplicates": [],
    "photos": [PHOTO],
    "missing_photos": [PHOTO],
    "acts": [ACT_SEEN],
    "hops": [HOP_SEEN],
    "platforms": [{**SAYS, "result": "已派单清运"}],
}
MINE: Example = {**ROW, "description": "楼道堆放杂物", "waits_for_me": None}
LIKELY: Example = {
    "id": ID,
    "grid_code": GRID,
    **CATEGORY,
    "severity": "general",
    "state": "held",
    "reported_at": "2026-03-18T01:20:00Z",
    "lon": 104.5472,
    "lat": 30.411,
    "distance_m": 12.4,
    "hours_apart": 3.5,
}
