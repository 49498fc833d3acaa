"""What a worker of the demo enters on a date: invented, decided by chance."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypedDict

from app.errands.schemas import ErrandActIn, ResidentIn
from app.incidents.schemas import ContactIn, IncidentIn
from app.kit.clock import SHANGHAI
from app.kit.ids import uuid7
from app.patrol.schemas import AppointmentIn
from app.registry.schemas import CollectionIn
from app.rules.errands import ErrandStep
from app.rules.incidents import Reporter
from app.rules.information import RecordKind
from app.rules.visits import VisitOutcome
from app.tasks.notes import DailyNoteIn
from app.visits.placing import Placed
from app.visits.schemas import VisitIn

Moment = datetime
SIGN_INS = (time(8, 30), time(14, 30), time(16, 50))
WINDOW_MINUTES = {SIGN_INS[0]: 30, SIGN_INS[1]: 30, SIGN_INS[2]: 10}
VISITS_A_DAY = (5, 9)
SHARES = {
    "nobody_home": 0.12,
    "appointment": 0.3,
    "incident": 0.35,
    "told": 0.4,
    "collection": 0.6,
    "shop": 0.5,
    "errand": 0.12,
    "note": 0.3,
}
"""How likely each thing is, on a date or at a door."""
INCIDENTS = (
    ("public_safety", "楼道堆放杂物，占用消防通道"),
    ("livelihood_service", "路灯损坏一盏"),
    ("dispute", "楼上漏水引起邻里纠纷，已初步调解"),
    ("service_request", "居民反映垃圾清运不及时"),
)
SHOPS = ("便民超市", "兴旺五金店", "顺达快递驿站", "康乐药房", "小李面馆")
ERRANDS = ("代办社保认证", "代办医保参保登记", "代办高龄津贴申领", "代交水电费")
NOTES = (
    "上午协助社区清理楼道堆积物。",
    "入户宣传防诈骗知识，发放资料二十份。",
    "协助老人更换灯泡，提醒用电安全。",
)
SURNAMES = "王李张刘陈杨黄赵周吴"


class Where(TypedDict):
    """A position as bodies have it."""

    lon: float
    lat: float


def at_random(day: date, begins: time, minutes: int, chance: Random) -> Moment:
    """An instant within so many minutes."""
    return datetime.combine(day, begins, SHANGHAI) + timedelta(
        seconds=chance.randrange(minutes * 60)
    )


def beside(point: tuple[float, float], chance: Random) -> Where:
    """A position within a few dozen metres."""
    lon, lat = point
    return {
        "lon": round(lon + chance.uniform(-2e-4, 2e-4), 7),
        "lat": round(lat + chance.uniform(-2e-4, 2e-4), 7),
    }


def visits(places: Sequence[Placed], day: date, chance: Random) -> Iterator[tuple[Moment, VisitIn]]:
    """The guards every date; of the others some, so that each gets its turn."""
    guards = [place for place in places if place.label.endswith("门岗")]
    doors = [place for place in places if place not in guards]
    turn = chance.sample(doors, min(len(doors), chance.randint(*VISITS_A_DAY)))
    for place in [*guards, *turn]:
        away = chance.random() < SHARES["nobody_home"]
        outcome = VisitOutcome.NOBODY_HOME if away else VisitOutcome.MET
        body = VisitIn(
            place_id=place.place_id,
            outcome=outcome,
            **beside((place.lon, place.lat), chance),
            accuracy_m=9,
            note="情况正常" if outcome is VisitOutcome.MET else "",
        )
        yield at_random(day, time(9, 5), 150, chance), body


def appointments(day: date, chance: Random) -> Iterator[tuple[Moment, AppointmentIn]]:
    """On some dates a resident asked for an hour of the evening."""
    if chance.random() < SHARES["appointment"]:
        starts = datetime.combine(day, time(19, 0), SHANGHAI)
        yield (
            at_random(day, time(8, 5), 20, chance),
            AppointmentIn(
                starts_at=starts, ends_at=starts + timedelta(hours=1), subject="居民预约上门"
            ),
        )


def incidents(
    places: Sequence[Placed], day: date, chance: Random
) -> Iterator[tuple[Moment, IncidentIn]]:
    """Sometimes something to report."""
    if places and chance.random() < SHARES["incident"]:
        category, description = chance.choice(INCIDENTS)
        place = chance.choice(places)
        where = beside((place.lon, place.lat), chance)
        told = chance.random() < SHARES["told"]
        reporter = Reporter.RESIDENT if told else Reporter.WORKER
        body = IncidentIn(
            category=category,
            description=description,
            **where,
            accuracy_m=9,
            reporter=reporter,
            contact=contact(reporter, chance),
        )
        yield at_random(day, time(9, 10), 140, chance), body


def contact(reporter: Reporter, chance: Random) -> ContactIn | None:
    """Whoever told the worker: nobody who exists."""
    if reporter is Reporter.WORKER:
        return None
    name = f"{chance.choice(SURNAMES)}{chance.choice(('女士', '先生'))}"
    return ContactIn(name=name, phone=f"1350000{chance.randrange(10_000):04d}")


def collections(
    places: Sequence[Placed], day: date, chance: Random
) -> Iterator[tuple[Moment, CollectionIn]]:
    """A shop, a street light: what is seen on the way."""
    if not places or chance.random() > SHARES["collection"]:
        return
    at = at_random(day, time(15, 10), 100, chance)
    place = chance.choice(places)
    point = dict(beside((place.lon, place.lat), chance))
    serial = chance.randrange(1, 10_000)
    if chance.random() < SHARES["shop"]:
        kind = RecordKind.ORGANISATION
        fields = {
            "name": f"{chance.choice(SHOPS)}{serial}号店",
            "category": "shop",
            "address": f"和平路{serial}号",
            "point": point,
        }
    else:
        kind = RecordKind.THING
        fields = {
            "category": "street_light",
            "number": f"LD-{serial:05d}",
            "place": f"和平路{serial}号旁",
            "point": point,
            "condition": "good",
        }
    yield (
        at,
        CollectionIn(
            record_id=uuid7(at), kind=kind, form_version=1, fields=fields, reason="巡查采集"
        ),
    )


def errand(day: date, chance: Random) -> Iterator[tuple[Moment, ErrandActIn]]:
    """Now and then something is done for a resident, from the door to the rating, in a day."""
    if chance.random() > SHARES["errand"]:
        return
    key = uuid7(datetime.combine(day, time(9, 0), SHANGHAI))
    matter = chance.choice(ERRANDS)
    name = f"{chance.choice(SURNAMES)}大爷"
    at = at_random(day, time(9, 10), 60, chance)
    yield (
        at,
        ErrandActIn(
            errand_id=key,
            step=ErrandStep.ACCEPTED,
            matter=matter,
            resident=ResidentIn(name=name, address="和平路1号"),
        ),
    )
    later = (
        (ErrandStep.PAPERS_COLLECTED, {"papers": ["身份证复印件"]}),
        (ErrandStep.HANDLED, {"office": "社区服务管理站"}),
        (ErrandStep.DELIVERED, {"papers": ["办理回执"]}),
        (ErrandStep.RATED, {"rating": chance.randint(4, 5)}),
    )
    for hours, (step, more) in enumerate(later[: chance.randint(2, 4)], 1):
        body = {"errand_id": key, "step": step, **more}
        yield at + timedelta(hours=hours), ErrandActIn.model_validate(body)


def notes(day: date, chance: Random) -> Iterator[tuple[Moment, DailyNoteIn]]:
    """Something worth saying on the day's sheet."""
    if chance.random() < SHARES["note"]:
        note = DailyNoteIn(said=chance.choice(NOTES))
        yield at_random(day, time(17, 5), 20, chance), note
