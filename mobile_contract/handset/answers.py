"""What an answer must look like, and what becomes of the thing it answers for."""

from typing import Any

from mobile_contract.handset.outbox import Batch, Captured
from mobile_contract.handset.tally import Tally

STATUSES = frozenset(
    {"created", "duplicate", "merged", "conflict", "held", "out_of_scope", "rejected", "error"}
)
RETRIES = frozenset({"never", "later", "after_fix"})
AS_SENT = frozenset({"created", "duplicate"})
"""What a simulated handset has deserved: it only sends what is right."""


def judge_result(
    item: Captured, result: dict[str, Any], first: dict[str, Any] | None, tally: Tally
) -> bool:
    """Count a result; whether the item is settled. `first` is an earlier result of the same id."""
    name = f"{item.record.kind} {item.record.id}"
    status, facts = result["status"], result.get("facts") or {}
    if result["id"] != str(item.record.id):
        tally.surprise(f"{name}: answered out of order as {result['id']}")
    if status not in STATUSES or result["retry"] not in RETRIES:
        tally.surprise(f"{name}: unknown status {status} or retry {result['retry']}")
    elif status not in AS_SENT:
        tally.surprise(f"{name}: {status} {result['code']} {result['message']} {facts}")
    if first is not None and (status != "duplicate" or facts != (first.get("facts") or {})):
        tally.surprise(f"{name}: sent again, answered {status} {facts} after {first}")
    tally.outcome(item.record.kind, status, facts.get("verdict") or result["code"])
    return bool(result["retry"] != "later")


def judge_track(batch: Batch, answer: dict[str, Any], tally: Tally) -> None:
    """Count an answer to a batch of fixes."""
    name, status = f"track {batch.id}", answer["status"]
    aside = answer["set_aside"]
    if answer["batch_id"] != str(batch.id) or status not in AS_SENT:
        tally.surprise(f"{name}: {status} {answer['code']} as {answer['batch_id']}")
    if batch.first is not None and (
        status != "duplicate" or {**answer, "status": ""} != {**batch.first, "status": ""}
    ):
        tally.surprise(f"{name}: sent again, answered {answer} after {batch.first}")
    if answer["accepted"] + sum(aside.values()) != len(batch.fixes) and status in AS_SENT:
        tally.surprise(f"{name}: {len(batch.fixes)} fixes sent, {answer} accounted for")
    tally.outcome("track", status, answer["code"])
    if status == "created":
        tally.fixes["accepted"] += answer["accepted"]
        tally.fixes.update(aside)
