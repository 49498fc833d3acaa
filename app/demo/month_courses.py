"""How the events of the demo's month go: act by act, by whom, how much later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from app.rules.field_records import Severity
from app.rules.incidents import Reporter

WORKER, LEAD, TOWNSHIP, CENTRE = "worker", "lead", "township", "centre"
MORNING = time(9, 20)


@dataclass(frozen=True)
class Step:
    """An act: so many minutes after the one before, or on the next duty date at a time."""

    who: str
    act: str
    minutes: int = 0
    on_next: time | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """An event of its own: what was found, who told of it, and how it went."""

    category: str
    description: str
    steps: tuple[Step, ...] = ()
    severity: Severity = Severity.GENERAL
    reporter: Reporter = Reporter.WORKER
    straight_to_centre: bool = False


def _step(who: str, act: str, minutes: int = 0, **said: Any) -> Step:
    return Step(who, act, minutes, said=said)


def _later(who: str, act: str, at: time = MORNING, **said: Any) -> Step:
    return Step(who, act, on_next=at, said=said)


TAKEN_UP = _step(WORKER, "take_up", 8)
DONE = _step(WORKER, "close", 55, result="已现场处理，隐患消除")
ASKED = _later(WORKER, "follow_up", time(9, 10), result="已电话回访，居民表示认可")
SCORED = _step(WORKER, "verify", 15, score="satisfied")
SCORED_NEXT = _later(WORKER, "verify", score="satisfied")
UP = _step(WORKER, "escalate", 20, reason="超出网格处置能力，需社区协调物业")
UP_TO_TOWNSHIP = _step(LEAD, "escalate", 60, reason="需街道协调供电、市政单位")
UP_TO_CENTRE = _step(TOWNSHIP, "escalate", 90, reason="涉及多个部门，请市指挥中心协调")
LEAD_TAKES_UP = _step(LEAD, "take_up", 30)
LEAD_CLOSES = _step(LEAD, "close", 75, result="社区已协调物业处理完毕")
TOWNSHIP_TAKES_UP = _step(TOWNSHIP, "take_up", 40)

ALONE = (TAKEN_UP, DONE, SCORED_NEXT)
ASKED_AFTERWARDS = (TAKEN_UP, DONE, ASKED, SCORED)
BY_COMMUNITY = (UP, LEAD_TAKES_UP, LEAD_CLOSES, SCORED_NEXT)
Steps = tuple[Step, ...]
ROUTINE: Mapping[Reporter, tuple[tuple[Steps, ...], tuple[int, ...]]] = {
    Reporter.WORKER: ((ALONE, BY_COMMUNITY), (80, 20)),
    Reporter.RESIDENT: (
        (ASKED_AFTERWARDS, (UP, LEAD_TAKES_UP, LEAD_CLOSES, ASKED, SCORED)),
        (75, 25),
    ),
}
"""How everyday events go, and how often each way."""

FIRE = Story(
    "emergency",
    "沿街商铺电线起火，已疏散周边人员",
    (
        _step(LEAD, "take_up", 6),
        _step(TOWNSHIP, "take_up", 9),
        _step(TOWNSHIP, "close", 33, result="消防到场扑灭，无人员伤亡，已落实商铺整改"),
        ASKED,
        SCORED,
    ),
    Severity.MAJOR,
    Reporter.RESIDENT,
    straight_to_centre=True,
)
LAMPS = Story(
    "livelihood_service",
    "主干道路灯整排不亮",
    (
        UP,
        LEAD_TAKES_UP,
        UP_TO_TOWNSHIP,
        TOWNSHIP_TAKES_UP,
        _later(TOWNSHIP, "close", time(11, 0), result="市政单位已更换控制箱"),
        SCORED_NEXT,
    ),
)
LEAK = Story("livelihood_service", "单元门前自来水管漏水", BY_COMMUNITY)
LEAK_AGAIN = Story("livelihood_service", "小区内水管漏水，路面积水")
SLIP = Story(
    "other",
    "误触上报",
    (_step(WORKER, "withdraw", 4, reason="误触，无此事件"),),
)
NOTHING_THERE = Story(
    "public_safety",
    "据称楼顶有人燃放烟花",
    (UP, _step(LEAD, "find_false", 65, reason="到场核实，无此情况")),
    reporter=Reporter.RESIDENT,
)
AGAIN = Story(
    "dispute",
    "楼上楼下因噪音争执",
    (
        TAKEN_UP,
        _step(WORKER, "close", 50, result="双方约定夜间不再喧哗"),
        _later(WORKER, "follow_up", time(9, 10), result="居民反映当晚仍有噪音"),
        _step(WORKER, "verify", 10, score="not", reason="问题未解决，居民不认可"),
        _step(WORKER, "take_up", 15),
        _step(WORKER, "close", 60, result="约请双方到调解室，签订书面约定"),
        ASKED,
        _step(WORKER, "verify", 10, score="mostly"),
    ),
    reporter=Reporter.RESIDENT,
)
LATE = Story(
    "service_request",
    "居民反映垃圾清运不及时",
    (
        TAKEN_UP,
        _later(WORKER, "escalate", time(16, 0), reason="需社区协调清运公司"),
        LEAD_TAKES_UP,
        _later(LEAD, "close", time(10, 0), result="清运公司已增加班次"),
        ASKED,
        SCORED,
    ),
    reporter=Reporter.RESIDENT,
)
"""Handed on after it was due: its yellow card stays, and is the grid's."""

FORGOTTEN = Story("public_safety", "楼道内电动车违规充电", reporter=Reporter.RESIDENT)
OVERDUE = Story("livelihood_service", "下水道井盖缺失一块，已设警示", (TAKEN_UP,))
BURST = Story(
    "emergency", "主管网爆管，路面塌陷约两米", severity=Severity.MAJOR, reporter=Reporter.RESIDENT
)
SOON = Story("dispute", "商铺占道经营引起纠纷", (TAKEN_UP,))
FRESH = Story("public_safety", "围墙有裂缝，存在倒塌风险")
EXTENDED = Story(
    "livelihood_service",
    "健身器材损坏，等待配件",
    (
        _step(WORKER, "take_up", 2),
        _step(WORKER, "ask_extension", 3, hours=6, reason="配件明日到货"),
    ),
)
AT_COMMUNITY = Story(
    "public_safety", "消防栓无水", (_step(WORKER, "escalate", 5, reason="需物业检修"),)
)
AT_TOWNSHIP = Story(
    "livelihood_service",
    "雨水管网堵塞，逢雨倒灌",
    (UP, LEAD_TAKES_UP, UP_TO_TOWNSHIP, TOWNSHIP_TAKES_UP),
)
AT_CENTRE = Story(
    "service_request",
    "多个小区反映高压线下私搭乱建",
    (
        UP,
        LEAD_TAKES_UP,
        UP_TO_TOWNSHIP,
        TOWNSHIP_TAKES_UP,
        UP_TO_CENTRE,
        _step(CENTRE, "take_up", 25),
    ),
)

PAST: Mapping[int, tuple[Story, ...]] = {
    13: (FIRE,),
    11: (LAMPS,),
    10: (SLIP,),
    9: (NOTHING_THERE,),
    8: (AGAIN,),
    7: (LATE,),
    4: (FORGOTTEN,),
    3: (AT_CENTRE,),
    2: (AT_TOWNSHIP,),
}
"""By how many duty dates ago each was found; beside these the two of one leak."""
LEAK_DAY = 12
FOUND_AT = time(9, 45)
