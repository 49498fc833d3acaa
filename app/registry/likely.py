"""What of records is compared to find likely duplicates, kind by kind (INF-1)."""

from collections.abc import Collection, Mapping
from typing import Any

from app.registry.merge_schemas import LikelyBy, LikelyOut
from app.rules.duplicates import INF_1, Described, alike
from app.rules.geodesy import Position
from app.rules.information import RecordKind

Keyed = Mapping[LikelyBy, frozenset[str]]
"""Which keys have to be the same, all of them."""

KEYED: Mapping[RecordKind, Keyed] = {
    RecordKind.PERSON: {
        LikelyBy.IDENTITY_NUMBER: frozenset({"identity_number"}),
        LikelyBy.NAME_AND_PHONE: frozenset({"name", "phone"}),
        LikelyBy.NAME_AND_ADDRESS: frozenset({"name_address"}),
    },
    RecordKind.PLACE: {LikelyBy.ADDRESS: frozenset({"address"})},
    RecordKind.MATTER: {},
    RecordKind.THING: {},
    RecordKind.ORGANISATION: {
        LikelyBy.CREDIT_CODE: frozenset({"credit_code"}),
        LikelyBy.NAME_AND_ADDRESS: frozenset({"name", "address"}),
    },
}
SAYS: Mapping[LikelyBy, tuple[str, str]] = {
    LikelyBy.IDENTITY_NUMBER: ("身份证号相同", "The same identity number"),
    LikelyBy.NAME_AND_PHONE: ("姓名和电话相同", "The same name and phone"),
    LikelyBy.NAME_AND_ADDRESS: ("名称和地址相同", "The same name and address"),
    LikelyBy.ADDRESS: ("地址相同", "The same address"),
    LikelyBy.CREDIT_CODE: ("统一社会信用代码相同", "The same credit code"),
    LikelyBy.NEAR_AND_ALIKE: ("位置相近且名称或地址相似", "Near each other, and alike"),
}


def compared_keys(kind: RecordKind) -> frozenset[str]:
    """The keys of a kind that are compared at all."""
    return frozenset().union(*KEYED[kind].values())


def by_keys(kind: RecordKind, shared: Collection[str]) -> list[LikelyOut]:
    """What the keys that two records of a kind share make likely."""
    return [_reason(by) for by, needed in KEYED[kind].items() if needed <= set(shared)]


def by_resemblance(one: Described, other: Described, radius_m: float) -> list[LikelyOut]:
    """What being near and alike makes likely; of persons nothing."""
    found = alike(one, other, radius_m)
    return [] if found is None else [_reason(LikelyBy.NEAR_AND_ALIKE, found)]


def _reason(by: LikelyBy, found: Mapping[str, float] | None = None) -> LikelyOut:
    zh, en = SAYS[by]
    figures = found or {}
    return LikelyOut(
        by=by,
        zh=zh,
        en=en,
        distance_m=figures.get("distance_m"),
        name_likeness=figures.get("name"),
        address_likeness=figures.get("address"),
        rule=INF_1.rule,
        clause=INF_1.clause,
    )


def described(kind: RecordKind, content: Mapping[str, Any]) -> Described:
    """What of a record is compared with its neighbours."""
    point = content.get("point")
    position = Position(point["lon"], point["lat"]) if point else None
    match kind:
        case RecordKind.PLACE:
            said = (None, content.get("address"), content.get("use"))
        case RecordKind.MATTER:
            sort = f"{content.get('category')} {content.get('happened_on')}"
            said = (None, content.get("address"), sort)
        case RecordKind.THING:
            said = (content.get("number"), content.get("place"), content.get("category"))
        case RecordKind.ORGANISATION:
            said = (content.get("name"), content.get("address"), None)
        case RecordKind.PERSON:
            said = (None, None, None)
    return Described(kind, position, *said)
