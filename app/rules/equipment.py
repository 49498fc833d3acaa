"""EQP-1: work clothes and the seven items of equipment (三(二)1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.rules.cite import Cite, cites
from app.rules.duty import Employment, is_bound
from app.rules.finding import Finding
from app.rules.parameters import Label, Values, number

EQP_1 = Cite("EQP-1", "三(二)1")
EQP_1_READING = Cite("EQP-1", "三(二)1", reading=True)

EQUIPMENT_CHECK_DAYS = number(
    "equipment_check_days",
    5,
    "d",
    "EQP-1",
    (0, 31),
    Label("着装装备检查补录期限", "Checks recorded within"),
)


class EquipmentItem(StrEnum):
    """The seven items (七个一); the regulation does not list them, the names are a reading."""

    WORK_CARD = "work_card"
    HANDSET = "handset"
    WORK_BAG = "work_bag"
    LOG_BOOK = "log_book"
    CONTACT_CARDS = "contact_cards"
    TORCH = "torch"
    WHISTLE = "whistle"


class EquipmentVerdict(StrEnum):
    """What a check comes to, the first that applies."""

    NO_WORK_CLOTHES = "no_work_clothes"
    ITEMS_MISSING = "items_missing"
    EXEMPTED = "exempted"
    FIT = "fit"


@dataclass(frozen=True)
class Seen:
    """What a check saw."""

    work_clothes: bool
    present: Collection[EquipmentItem]

    @property
    def missing(self) -> list[EquipmentItem]:
        """The items that were not there, in their order."""
        return [item for item in EquipmentItem if item not in self.present]


@cites(EQP_1)
def judge_check(
    seen: Seen, exempted: bool, employment: Employment | None
) -> Finding[EquipmentVerdict]:
    """Work clothes unless a higher tier exempted from them, and all seven items.

    The clause exempts from the clothes alone. On a rural part-time worker (ORG-4) nothing is
    enforced: `bound` says so.
    """
    in_this_order = [
        (not seen.work_clothes and not exempted, EquipmentVerdict.NO_WORK_CLOTHES),
        (bool(seen.missing), EquipmentVerdict.ITEMS_MISSING),
        (not seen.work_clothes, EquipmentVerdict.EXEMPTED),
    ]
    verdict = next((found for holds, found in in_this_order if holds), EquipmentVerdict.FIT)
    because = {
        "work_clothes": seen.work_clothes,
        "missing": [item.value for item in seen.missing],
        "exempted": exempted,
        "bound": employment is not None and is_bound(employment),
    }
    return Finding(verdict=verdict, cite=EQP_1, because=because)


@cites(EQP_1_READING)
def earliest_check(today: date, values: Values) -> date:
    """The earliest date that a station can still record a check of."""
    return today - timedelta(days=int(values[EQUIPMENT_CHECK_DAYS]))
