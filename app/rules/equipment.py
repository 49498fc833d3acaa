"""EQP-1: work clothes and the seven items of equipment (三(二)1)."""

from enum import StrEnum


class EquipmentItem(StrEnum):
    """The seven items (七个一); the regulation does not list them, the names are a reading."""

    WORK_CARD = "work_card"
    HANDSET = "handset"
    WORK_BAG = "work_bag"
    LOG_BOOK = "log_book"
    CONTACT_CARDS = "contact_cards"
    TORCH = "torch"
    WHISTLE = "whistle"
