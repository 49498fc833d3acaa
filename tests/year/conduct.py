"""Grounds, answers, penalties and appeals of the year, as people do them through the API."""

from datetime import date
from typing import Any

from app.conduct.searching import search_nightly
from app.rules.conduct import Ground
from tests.year.desk import Desk, month_name
from tests.year.people import COMMUNITIES, people
from tests.year.script import Ending, Offence
from tests.year.town import CENTRE, OFFICE

ITEMS = ("work_card", "handset", "work_bag", "log_book", "contact_cards", "torch", "whistle")


def check_clothes(desk: Desk, offence: Offence) -> None:
    """The station finds no work clothes."""
    body = {
        "id": desk.key(),
        "worker_id": str(desk.worker(offence.who)),
        "day": offence.occurred_on.isoformat(),
        "work_clothes": False,
        "items": dict.fromkeys(ITEMS, True),
    }
    desk.post(desk.community(offence.who, offence.occurred_on), "/equipment-checks", body)


def search_night(desk: Desk) -> None:
    """What the service does every night."""
    search_nightly(desk.sessions, desk.now)


def search_month(desk: Desk, month: date) -> None:
    """Every station searches its month."""
    for community in COMMUNITIES:
        body = {"community_code": community, "month": month_name(month)}
        desk.post(community, "/conduct-detections", body)


def survey(desk: Desk, who: str, found: tuple[date, int, int]) -> None:
    """The centre asks residents of a worker's grid."""
    day, asked, aware = found
    post = people()[who].post_on(day)
    assert post is not None
    body = {
        "id": desk.key(),
        "grid_code": post.grid,
        "conducted_on": day.isoformat(),
        "asked": asked,
        "aware": aware,
        "method": "按门牌号随机入户",
    }
    desk.post(CENTRE, "/awareness-surveys", body)


def record(desk: Desk, offence: Offence) -> None:
    """The station writes down in its own words what it came to know."""
    body = {
        "worker_id": str(desk.worker(offence.who)),
        "kind": "second_job",
        "occurred_on": offence.occurred_on.isoformat(),
        "said": "工作时间在快递站点兼职，站长当场核实",
    }
    desk.post(desk.community(offence.who, offence.occurred_on), "/conduct-findings", body)


def proposal_of(desk: Desk, offence: Offence) -> Any:
    """The proposal that an offence led to."""
    worker = str(desk.worker(offence.who))
    asked = {"worker": worker, "ground": offence.ground.value, "limit": 100}
    page = desk.get(CENTRE, "/conduct-proposals", **asked)
    occurred = offence.occurred_on.isoformat()
    found = [one for one in page["items"] if one["occurred_on"] == occurred]
    assert len(found) == 1, (offence, page)
    return found[0]


def answer(desk: Desk, offence: Offence) -> None:
    """The worker has something to say."""
    body = {"proposal_id": proposal_of(desk, offence)["id"], "said": "已向站长说明情况"}
    desk.record(offence.who, "/proposal-answers", body)


def end(desk: Desk, offence: Offence) -> None:
    """Whatever people make of it."""
    proposal = proposal_of(desk, offence)
    community = proposal["community_code"]
    match offence.ends:
        case Ending.DROPPED:
            body = {"reason": "当日执行便衣巡查任务，由街道安排"}
            desk.post(community, f"/conduct-proposals/{proposal['id']}/drop", body)
        case Ending.LAPSED:
            _take_back_check(desk, community, offence)
        case Ending.REFUSED:
            case_id = _put_forward(desk, proposal)
            desk.case(case_id, community[:9], seen={"digest": proposal["digest"]})
            desk.case(case_id, CENTRE, "refused", reason="情节轻微，予以批评教育")
        case Ending.PENALISED:
            case_id = _put_forward(desk, proposal)
            seen = {"digest": proposal["digest"]}
            for who in _deciders(community, offence.ground, proposal["rung"]):
                desk.case(case_id, who, seen=seen)


def _put_forward(desk: Desk, proposal: Any) -> str:
    path = f"/conduct-proposals/{proposal['id']}/put-forward"
    body = {"digest": proposal["digest"], "reason": "情况属实"}
    put: str = desk.post(proposal["community_code"], path, body)["case_id"]
    return put


def _deciders(community: str, ground: Ground, rung: str) -> tuple[str, ...]:
    township = community[:9]
    dismissal = rung == "dismissal" or ground.value.startswith("A")
    return (township, CENTRE, OFFICE) if dismissal else (township,)


def _take_back_check(desk: Desk, community: str, offence: Offence) -> None:
    """The station was mistaken: the check is withdrawn, and the next night finds no ground."""
    query = {"from": offence.occurred_on.isoformat(), "to": offence.occurred_on.isoformat()}
    page = desk.get(community, "/equipment-checks", **query)
    (check,) = [one for one in page["items"] if one["worker_id"] == str(desk.worker(offence.who))]
    desk.post(community, f"/equipment-checks/{check['id']}/withdrawal", {"reason": "看错了人"})
    search_night(desk)


def penalty_of(desk: Desk, offence: Offence) -> Any:
    """The penalty that an offence led to."""
    proposal = proposal_of(desk, offence)
    page = desk.get(CENTRE, "/penalties", worker=proposal["worker_id"], limit=100)
    (found,) = [one for one in page["items"] if one["proposal_id"] == proposal["id"]]
    return found


def interview_after(desk: Desk, offence: Offence, day: date) -> None:
    """The township talks over every demerit."""
    penalty = penalty_of(desk, offence)
    if penalty["kind"] == "demerit":
        body = {"id": desk.key(), "held_on": day.isoformat(), "said": "已说明原因并提出改进"}
        township = penalty["community_code"][:9]
        desk.post(township, f"/penalties/{penalty['id']}/interviews", body)


def appeal(desk: Desk, offence: Offence) -> None:
    """The worker goes to the tier above."""
    body = {"penalty_id": penalty_of(desk, offence)["id"], "said": "录入延迟系系统停机所致"}
    desk.record(offence.who, "/penalty-appeals", body)


def decide_appeal(desk: Desk, offence: Offence) -> None:
    """The centre looks at it again."""
    assert offence.appeal is not None
    penalty = penalty_of(desk, offence)
    (appealed,) = desk.get(CENTRE, f"/penalties/{penalty['id']}")["appealed"]
    outcome = "passed" if offence.appeal.upheld else "refused"
    desk.case(appealed["case_id"], CENTRE, outcome, reason="已核查")
