"""TSK-1 and TSK-2: four basic tasks by evidence, and the code of a sheet (三(一)1 “4”, “6”)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.duty import WHOLE_DAY, Half
from app.rules.tasks import (
    BasicTask,
    DayEvidence,
    TaskFinding,
    TaskPart,
    TaskVerdict,
    judge_tasks,
    verification_code,
)

MORE_DONE = [TaskVerdict.NONE, TaskVerdict.PARTLY, TaskVerdict.DONE]
ACCOUNTS = {TaskPart.CHENGDU: ("c",), TaskPart.SICHUAN: ("s",)}
SIGNED_ON = {TaskPart.HANDSET: ("login",), **ACCOUNTS}


def found(evidence: DayEvidence, task: BasicTask) -> TaskFinding:
    return {finding.task: finding for finding in judge_tasks(evidence)}[task]


def test_tsk_1_there_are_four_tasks_in_the_order_of_the_regulation() -> None:
    assert [finding.task.value for finding in judge_tasks(DayEvidence())] == [
        "signed_on", "information", "patrol", "events",
    ]  # fmt: skip
    assert {finding.clause for finding in judge_tasks(DayEvidence())} == {"三(一)1 “4”"}


@pytest.mark.parametrize(
    ("records", "fixes", "expected"),
    [
        (SIGNED_ON, 1, "done"),
        (SIGNED_ON, 0, "partly"),
        ({TaskPart.HANDSET: ("login",)}, 1, "partly"),
        ({TaskPart.CHENGDU: ("c",)}, 0, "partly"),
        (ACCOUNTS, 1, "done"),
        (ACCOUNTS, 0, "partly"),
        ({**SIGNED_ON, TaskPart.CHENGDU: ()}, 1, "partly"),
        ({**SIGNED_ON, TaskPart.SICHUAN: ()}, 1, "partly"),
        ({}, 0, "none"),
    ],
)
def test_tsk_1_signed_on_needs_handset_track_and_both_accounts(
    records: Mapping[TaskPart, tuple[str, ...]], fixes: int, expected: str
) -> None:
    finding = found(DayEvidence(records=records, fixes=fixes), BasicTask.SIGNED_ON)
    assert (finding.verdict, finding.because) == (expected, {"fixes": fixes})
    shown = {part.part: part.done for part in finding.parts}
    assert shown == {
        TaskPart.HANDSET: bool(records.get(TaskPart.HANDSET)) or fixes > 0,
        TaskPart.TRACK: fixes > 0,
        TaskPart.CHENGDU: bool(records.get(TaskPart.CHENGDU)),
        TaskPart.SICHUAN: bool(records.get(TaskPart.SICHUAN)),
    }


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({}, "none"),
        ({TaskPart.COLLECTED: ("version",)}, "done"),
        ({TaskPart.CHECKED: ("check",)}, "done"),
        ({TaskPart.FILED: ("incident",)}, "none"),
    ],
)
def test_tsk_1_information_is_collected_or_checked(
    records: Mapping[TaskPart, tuple[str, ...]], expected: str
) -> None:
    assert found(DayEvidence(records=records), BasicTask.INFORMATION).verdict == expected


@pytest.mark.parametrize(
    ("field_s", "expected", "minutes"), [(0.0, "none", 0.0), (0.5, "done", 0.01), (90, "done", 1.5)]
)
def test_tsk_1_the_grid_is_patrolled_from_the_first_counted_second(
    field_s: float, expected: str, minutes: float
) -> None:
    finding = found(DayEvidence(field_s=field_s, fixes=9), BasicTask.PATROL)
    assert (finding.verdict, finding.because) == (expected, {"field_minutes": minutes})


@pytest.mark.parametrize(
    ("records", "waiting", "expected"),
    [
        ({}, 0, "none"),
        ({}, 1, "none"),
        ({TaskPart.FILED: ("incident",)}, 0, "done"),
        ({TaskPart.FILED: ("incident",)}, 1, "partly"),
        ({TaskPart.VERIFIED: ("score",)}, 0, "done"),
        ({TaskPart.VERIFIED: ("score",)}, 1, "partly"),
    ],
)
def test_tsk_1_events_are_filed_and_none_waits_for_verification(
    records: Mapping[TaskPart, tuple[str, ...]], waiting: int, expected: str
) -> None:
    evidence = DayEvidence(records=records, waiting_for_verification=waiting)
    assert found(evidence, BasicTask.EVENTS).verdict == expected


EVERYTHING = DayEvidence(records=dict.fromkeys(TaskPart, ("record",)), fixes=100, field_s=3600.0)


@pytest.mark.parametrize(
    ("circumstance", "nothing", "everything", "rule", "rule_of_done"),
    [
        ({}, "none", "done", "TSK-1", "TSK-1"),
        ({"on_duty": False}, "not_owed", "not_owed", "ATT-6", "ATT-6"),
        ({"leave": WHOLE_DAY}, "excused", "excused", "ATT-5", "ATT-5"),
        ({"leave": frozenset({Half.MORNING})}, "none", "done", "TSK-1", "TSK-1"),
        ({"leave": frozenset({Half.AFTERNOON})}, "none", "done", "TSK-1", "TSK-1"),
        ({"bound": False}, "not_owed", "done", "ORG-4", "TSK-1"),
        ({"bound": False, "leave": WHOLE_DAY}, "not_owed", "done", "ORG-4", "TSK-1"),
        ({"bound": False, "on_duty": False}, "not_owed", "not_owed", "ATT-6", "ATT-6"),
        ({"on_duty": False, "leave": WHOLE_DAY}, "not_owed", "not_owed", "ATT-6", "ATT-6"),
    ],
)
def test_tsk_1_who_owes_what_when(
    circumstance: dict[str, Any], nothing: str, everything: str, rule: str, rule_of_done: str
) -> None:
    for evidence, verdict, cited in (
        (replace(DayEvidence(), **circumstance), nothing, rule),
        (replace(EVERYTHING, **circumstance), everything, rule_of_done),
    ):
        findings = judge_tasks(evidence)
        assert [finding.verdict for finding in findings] == [verdict] * 4
        assert {finding.rule for finding in findings} == {cited}


def test_org_4_of_part_time_workers_a_task_in_part_is_shown_and_not_owed() -> None:
    evidence = DayEvidence(bound=False, records=ACCOUNTS)
    finding = found(evidence, BasicTask.SIGNED_ON)
    assert (finding.verdict, finding.rule) == (TaskVerdict.NOT_OWED, "ORG-4")
    assert [part.done for part in finding.parts] == [False, False, True, True]


RECORDS = st.dictionaries(
    st.sampled_from(TaskPart), st.lists(st.text(max_size=3), max_size=3).map(tuple)
)
EVIDENCE = st.builds(
    DayEvidence,
    on_duty=st.booleans(),
    bound=st.booleans(),
    leave=st.frozensets(st.sampled_from(Half)),
    records=RECORDS,
    fixes=st.integers(0, 3),
    field_s=st.floats(0, 10),
    waiting_for_verification=st.integers(0, 2),
)


def rank(verdict: TaskVerdict) -> int:
    """Not owed and excused stand below done, and nowhere near done in part."""
    return MORE_DONE.index(verdict) if verdict in MORE_DONE else 0


@given(EVIDENCE, RECORDS, st.integers(0, 3), st.floats(0, 10))
def test_tsk_1_more_evidence_never_makes_a_task_less_done(
    evidence: DayEvidence,
    more: Mapping[TaskPart, tuple[str, ...]],
    fixes: int,
    field_s: float,
) -> None:
    added = replace(
        evidence,
        records={
            part: evidence.records.get(part, ()) + more.get(part, ())
            for part in {*evidence.records, *more}
        },
        fixes=evidence.fixes + fixes,
        field_s=evidence.field_s + field_s,
    )
    for before, after in zip(judge_tasks(evidence), judge_tasks(added), strict=True):
        assert rank(after.verdict) >= rank(before.verdict)


@given(EVIDENCE)
def test_tsk_1_done_only_by_evidence(evidence: DayEvidence) -> None:
    for finding in judge_tasks(evidence):
        if finding.verdict is TaskVerdict.DONE:
            assert any(part.done for part in finding.parts)


CONTENT: dict[str, object] = {"worker": "王网格", "windows": [1, 2], "minutes": 362.5}


def test_tsk_2_the_code_is_the_same_for_the_same_content_in_any_order() -> None:
    turned = dict(reversed(CONTENT.items()))
    assert verification_code(turned) == verification_code(CONTENT)
    assert verification_code(CONTENT) == "PSRS-D5ZA-GGAK-7I6L"


@pytest.mark.parametrize(
    "change",
    [{"minutes": 362.6}, {"windows": [2, 1]}, {"worker": "王网格 "}, {"minutes": None}, {"x": 0}],
)
def test_tsk_2_the_code_changes_with_any_part_of_the_content(change: dict[str, object]) -> None:
    assert verification_code(CONTENT | change) != verification_code(CONTENT)
