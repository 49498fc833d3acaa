"""Examples of months, appraisals and objections, as the contract shows them."""

from typing import Any

ID = "0199d2f0-0000-7000-8000-0000000000d1"
WORKER_ID = "0199d2f0-0000-7000-8000-0000000000d2"
ACCOUNT_ID = "0199d2f0-0000-7000-8000-0000000000d3"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AT = "2026-11-04T01:00:00Z"

MONTH: dict[str, Any] = {
    "id": ID,
    "community_code": "510185001001",
    "month": "2026-10",
    "state": "open",
    "workers": 10,
    "passed": 9,
    "failed": 1,
    "objections_waiting": 0,
    "settles_at": "2026-11-03T16:00:00Z",
    "settled": True,
    "computed_at": AT,
    "rules_version": "1+0123456789ab",
    "digest": DIGEST,
    "case_id": None,
    "confirmed_at": None,
    "confirmed_by": None,
    "closed_at": None,
    "closed_by": None,
    "rule": "APR-1",
    "clause": "五1",
}
ROW: dict[str, Any] = {
    "worker_id": WORKER_ID,
    "worker_name": "王网格",
    "community_code": "510185001001",
    "month": "2026-10",
    "state": "confirmed",
    "score": "83.45",
    "proposed": "pass",
    "result": "pass",
    "result_reason": None,
    "in_force": "pass",
    "demerits": [],
    "revised": False,
    "corrected": ["meetings"],
    "objection_waiting": False,
    "computed_at": AT,
    "decided_at": AT,
    "rule": "APR-1",
    "clause": "五1",
}
CORRECTION: dict[str, Any] = {
    "id": ID,
    "worker_id": WORKER_ID,
    "month": "2026-10",
    "indicator": "meetings",
    "numerator": 18,
    "denominator": 18,
    "reason": "10月9日晨会漏记",
    "made_by": ACCOUNT_ID,
    "made_at": AT,
    "withdrawn_at": None,
    "withdraw_reason": None,
}
INDICATOR: dict[str, Any] = {
    "indicator": "meetings",
    "numerator": 18,
    "denominator": 18,
    "weight": "5.000000",
    "points": "5.000000",
    "parts": [
        {
            "part": "presences",
            "numerator": 17,
            "denominator": 18,
            "records": 18,
            "set_aside": 0,
            "missed": [{"kind": "meeting", "key": ID}],
        }
    ],
    "correction": CORRECTION,
    "measured_numerator": 17,
    "measured_denominator": 18,
}
OBJECTION: dict[str, Any] = {
    "id": ID,
    "worker_id": WORKER_ID,
    "community_code": "510185001001",
    "month": "2026-10",
    "year": None,
    "said": "10月9日晨会我在场，签到表有我的名字。",
    "photos": [],
    "objected_at": AT,
    "received_at": AT,
    "decided_at": None,
    "upheld": None,
    "reason": None,
}
REVISION: dict[str, Any] = {
    "id": ID,
    "result": "pass",
    "ground": "objection",
    "objection_id": ID,
    "reason": "签到表属实",
    "because": {"score": {"stored": "59.50", "now": "61.00"}},
    "decided_at": "2026-12-01T01:00:00Z",
}
DETAIL: dict[str, Any] = ROW | {
    "because": {"pass_mark": "60", "weights": {"attendance": "20"}},
    "indicators": [INDICATOR],
    "objections": [OBJECTION],
    "revisions": [],
}
RECORD: dict[str, Any] = {
    "indicator": "meetings",
    "part": "presences",
    "kind": "meeting",
    "key": ID,
    "day": "2026-10-09",
    "done": 0,
    "owed": 1,
    "says": {"presence": "absent", "meeting_kind": "morning"},
}
DIFFERENCE: dict[str, Any] = {
    "worker_id": WORKER_ID,
    "score_stored": "59.50",
    "score_now": "61.00",
    "proposed_stored": "fail",
    "proposed_now": "pass",
    "indicators": [
        {
            "indicator": "meetings",
            "numerator_stored": 16,
            "denominator_stored": 18,
            "numerator_now": 17,
            "denominator_now": 18,
        }
    ],
}
AGGREGATE: dict[str, Any] = {
    "unit_code": "510185001001",
    "name": "东城社区",
    "own": True,
    "workers": 10,
    "mean": "83.45",
    "passed": 9,
    "failed": 1,
    "shares": {"attendance": "0.9812"},
}

WORD: dict[str, Any] = {"worker_id": WORKER_ID, "result": "pass", "reason": "全月借调专项工作"}
