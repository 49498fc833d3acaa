"""What an answer must look like, and what becomes of the thing it answers for."""

from typing import Any

from mobile_contract.handset.outbox import Batch, Captured
from mobile_contract.handset.plans import AS_SENT
from mobile_contract.handset.tally import Tally

STATUSES = frozenset(
    {"created", "duplicate", "merged", "conflict", "held", "out_of_scope", "rejected", "error"}
)
UNDECIDED = frozenset({"held", "rejected"})
"""Nothing was written for good: the next answer may be another one."""
RETRIES = frozenset({"never", "later", "after_fix"})
HELD_TOO_LONG = 40
"""So many times a handset asks what became of a record that waits for another."""


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
    elif status not in item.record.expects:
        tally.surprise(f"{name}: {status} {result['code']} {result['message']} {facts}")
    if first is not None and contradicts(result, first):
        tally.surprise(f"{name}: sent again, answered {status} {facts} after {first}")
    worth = item.record.worth
    if worth is not None and facts.get("verdict") not in {None, worth}:
        tally.surprise(f"{name}: worth {facts['verdict']}, not {worth}: {facts}")
    tally.outcome(item.record.kind, status, facts.get("verdict") or result["code"])
    return bool(result["retry"] != "later") and not _waits(item, name, status, tally)


def contradicts(result: dict[str, Any], first: dict[str, Any]) -> bool:
    """Whether a repeat is told something else; what was held may be taken by now, and what did
    not fit is judged anew."""
    if first["status"] in UNDECIDED:
        return False
    same = (result.get("facts") or {}) == (first.get("facts") or {})
    return result["status"] != "duplicate" or not same


def _waits(item: Captured, name: str, status: str, tally: Tally) -> bool:
    """Whether an item is to be asked for again, because it was held."""
    if status != "held":
        return False
    item.asked_again += 1
    if item.asked_again == HELD_TOO_LONG:
        tally.surprise(f"{name}: still held")
    return item.asked_again < HELD_TOO_LONG


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
