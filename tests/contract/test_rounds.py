"""What a simulated handset holds, expects and notices."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mobile_contract.handset.answers import HELD_TOO_LONG, judge_result
from mobile_contract.handset.logins import Credentials, Login
from mobile_contract.handset.mornings import pause_after
from mobile_contract.handset.places import Place, Target, Task, Where, disorder, period_end
from mobile_contract.handset.tally import Tally
from mobile_contract.handset.visits import worth
from tests.contract.test_simulate import item, result

DAY = date(2026, 3, 18)
HERE = Where(DAY, "510185001001001", 104.549, 30.413)
NEAR, FAR = {"lon": 104.5495, "lat": 30.413}, {"lon": 104.5525, "lat": 30.413}


def place(key: str, grid: str = HERE.grid) -> Place:
    return Place(key, (replace(HERE, grid=grid),), (Target("rental", DAY, None),))


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("property_guard", DAY),
        ("rental", date(2026, 3, 22)),
        ("resident", date(2026, 3, 31)),
    ],
)
def test_a_deadline_is_the_end_of_the_period_or_of_the_life(kind: str, end: date) -> None:
    assert period_end(kind, DAY) == end
    assert Target(kind, DAY, None).deadline(DAY) == end
    assert Target(kind, DAY, DAY).deadline(DAY) == DAY


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (NEAR, "counts"),
        (NEAR | {"outcome": "nobody_home"}, "nobody_home"),
        (NEAR | {"manner": "by_phone", "reason": "外出"}, "by_phone"),
        (NEAR | {"mocked": True}, "mocked"),
        (FAR, "too_far"),
        (FAR | {"reason": "门口遇见"}, "counts"),
        (FAR | {"reason": "门口遇见", "outcome": "nobody_home"}, "too_far"),
        ({}, "too_far"),
    ],
)
def test_vis_7_what_a_visit_is_worth(body: dict[str, Any], verdict: str) -> None:
    assert worth({"manner": "on_site", "outcome": "met"} | body, HERE) == verdict


def test_a_list_out_of_order_is_noticed() -> None:
    first, second = Task(place("a"), DAY, 10.0), Task(place("b"), DAY, 20.0)
    known = {"a": place("a"), "b": place("b")}
    assert list(disorder([first, second], known, [HERE.grid])) == []
    assert len(list(disorder([second, first], known, [HERE.grid]))) == 1
    assert len(list(disorder([first, first], known, [HERE.grid]))) == 1
    assert len(list(disorder([first, second], {"a": place("a")}, [HERE.grid]))) == 1
    taken_over = Task(place("c", "510185001001002"), DAY, 30.0)
    assert list(disorder([first, second, taken_over], known, [HERE.grid])) == []


def test_what_is_held_is_asked_for_again_but_not_for_ever() -> None:
    waiting, tally = item(), Tally()
    waiting.record = replace(waiting.record, expects=frozenset({"created", "held"}))
    held = result(waiting, status="held", facts={})
    assert not judge_result(waiting, held, None, tally)
    assert judge_result(waiting, result(waiting, status="duplicate"), held, Tally())
    for _ in range(HELD_TOO_LONG - 1):
        settled = judge_result(waiting, held, held, tally)
    assert settled
    assert len(tally.surprises) == 1


def test_another_verdict_than_it_is_worth_is_noticed() -> None:
    waiting, tally = item(), Tally()
    waiting.record = replace(waiting.record, worth="too_far")
    judge_result(waiting, result(waiting, facts={"verdict": "counts"}), None, tally)
    assert len(tally.surprises) == 1


def test_a_turn_comes_every_so_often() -> None:
    moment, hour = datetime(2026, 3, 18, 4, 1, tzinfo=UTC), timedelta(hours=1)
    assert pause_after(moment, hour) == datetime(2026, 3, 18, 5, tzinfo=UTC)
    assert pause_after(pause_after(moment, hour), hour) == pause_after(moment, hour)


class OneDoor:
    """A server that lets a refresh token be used once."""

    def __init__(self) -> None:
        self.good, self.refreshed = 0, 0

    async def ask(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        """Tokens, after a moment."""
        await asyncio.sleep(0)
        if path.endswith("refresh"):
            assert parts["json"]["refresh_token"] == f"refresh {self.good}", method
            self.good, self.refreshed = self.good + 1, self.refreshed + 1
        tokens = {"access_token": f"access {self.good}", "refresh_token": f"refresh {self.good}"}
        return tokens | {"expires_in": 900}


class Noon:
    """A time that is told."""

    moment = datetime(2026, 3, 18, 4, tzinfo=UTC)

    def now(self) -> datetime:
        """That one."""
        return self.moment


async def many_at_once(door: OneDoor, times: Noon) -> set[str]:
    """A token for each of many requests, after the first one has run out."""
    login = Login(Credentials("18800000000", "x"), door, times)  # type: ignore[arg-type]
    await login.token()
    times.moment += timedelta(hours=1)
    return set(await asyncio.gather(*(login.token() for _ in range(20))))


def test_of_many_requests_at_once_one_refreshes() -> None:
    door = OneDoor()
    assert asyncio.run(many_at_once(door, Noon())) == {"access 1"}
    assert door.refreshed == 1
