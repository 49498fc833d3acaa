"""The forms of the five kinds of records (人、地、事、物、组织), every version of them.

They ask for what a rule needs: whom visits are owed to (VIS-1 to VIS-5), of whom all must be known
(INF-4), and what tells one person, place or thing from another (INF-1). None has a field for
opinions, beliefs, communications or the body.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.registry.fields import Choice, Field, FieldType, Secrecy
from app.rules.dated import IN_FORCE
from app.rules.information import RecordKind

Fields = Mapping[str, Any]
"""Values by field; an absent field was not said, None says that there is none."""
T = FieldType
SEALED, SPECIAL = Secrecy.SEALED, Secrecy.SPECIAL
SECOND = date(2026, 1, 1)


@dataclass(frozen=True)
class Form:
    """A version of a kind's form; `upgrade` takes values of it to the next version."""

    kind: RecordKind
    version: int
    since: date
    fields: tuple[Field, ...]
    upgrade: Callable[[Fields], dict[str, Any]] | None = None

    def field(self, name: str) -> Field | None:
        """A field by its name."""
        return next((field for field in self.fields if field.name == name), None)


RESIDENCES = (
    Choice("permanent", "常住人口", "Permanent resident"),
    Choice("floating", "流动人口", "Floating population"),
    Choice("renting", "租住", "Renting"),
)
SPECIAL_GROUPS = (
    Choice("drug_rehabilitation", "戒毒康复人员", "In drug rehabilitation"),
    Choice("mental_illness", "精神障碍患者", "With a mental illness"),
    Choice("community_correction", "社区矫正对象", "In community correction"),
    Choice("released", "刑满释放人员", "Released from prison"),
)
CARE = (
    Choice("empty_nest", "空巢老人", "Elderly living alone"),
    Choice("hardship", "困难群众", "Family in difficulty"),
)
USES = (
    Choice("home", "自住房", "Home"),
    Choice("rented_home", "出租房", "Rented home"),
    Choice("shop", "铺面门店", "Shop"),
    Choice("building", "楼栋", "Building"),
    Choice("guard_post", "物管门岗", "Property management or guard post"),
    Choice("premises", "单位场所", "Premises"),
)
MATTERS = (
    Choice("livelihood", "民生诉求", "Need of daily life"),
    Choice("dispute", "矛盾纠纷", "Dispute"),
    Choice("hazard", "安全隐患", "Hazard"),
    Choice("other", "其他", "Other"),
)
THINGS = (
    Choice("street_light", "路灯", "Street light"),
    Choice("manhole", "井盖", "Manhole"),
    Choice("fire_hydrant", "消防栓", "Fire hydrant"),
    Choice("camera", "监控探头", "Camera"),
    Choice("notice_board", "宣传栏", "Notice board"),
    Choice("waste_point", "垃圾投放点", "Waste point"),
    Choice("other", "其他", "Other"),
)
CONDITIONS = (
    Choice("good", "完好", "Good"),
    Choice("damaged", "损坏", "Damaged"),
    Choice("missing", "缺失", "Missing"),
)
ORGANISATIONS = (
    Choice("enterprise", "企业", "Enterprise"),
    Choice("shop", "个体工商户", "Sole trader"),
    Choice("school", "学校", "School"),
    Choice("public_body", "机关事业单位", "Public body"),
    Choice("social", "社会组织", "Social organisation"),
)

NAME = Field("name", T.NAME, "姓名", "Name", True, SEALED, True)
PHONE = Field("phone", T.PHONE, "联系电话", "Phone", False, SEALED, True)
ADDRESS = Field("address", T.ADDRESS, "详细地址", "Address", True, SEALED, True)
POINT = Field("point", T.POINT, "位置", "Position")
DOOR = Field("point", T.POINT, "位置", "Position", False, SEALED)
"""Where somebody may live."""

PERSON = (
    NAME,
    Field("identity_number", T.ID_NUMBER, "身份证号", "Identity number", False, SEALED, True),
    Field("birth_date", T.DATE, "出生日期", "Birth date", False, SEALED),
    PHONE,
    Field("home", T.RECORD, "所住房屋", "Home", False, SEALED, True),
    Field("address", T.ADDRESS, "现住址", "Present address", True, SEALED),
    Field("point", T.POINT, "位置", "Position", False, SEALED),
    Field("residence", T.CHOICE, "居住类型", "Residence", True, SEALED, choices=RESIDENCES),
    Field("care", T.CHOICE, "关怀类别", "Ground of care", False, SEALED, choices=CARE),
    Field(
        "special_group", T.CHOICE, "特殊人群类别", "Special group", False, SPECIAL,
        choices=SPECIAL_GROUPS,
    ),
    Field(
        "special_group_ended_on", T.DATE, "特殊人群终止日期", "Special group ended on", False,
        SPECIAL,
    ),
)  # fmt: skip
PLACE = (
    ADDRESS,
    Field("use", T.CHOICE, "用途", "Use", True, choices=USES),
    DOOR,
    Field("households", T.NUMBER, "户数", "Households"),
    Field("landlord_name", T.NAME, "房主姓名", "Landlord's name", False, SEALED),
    Field("landlord_phone", T.PHONE, "房主电话", "Landlord's phone", False, SEALED, True),
)
MATTER = (
    Field("category", T.CHOICE, "类别", "Category", True, choices=MATTERS),
    Field("happened_on", T.DATE, "发生日期", "Happened on", True),
    Field("address", T.ADDRESS, "地点", "Place", True, SEALED, True),
    POINT,
    Field("summary", T.TEXT, "事项", "What it is", True, SEALED),
    Field("contact_name", T.NAME, "联系人", "Contact", False, SEALED),
    Field("contact_phone", T.PHONE, "联系电话", "Contact's phone", False, SEALED, True),
)
THING = (
    Field("category", T.CHOICE, "类别", "Category", True, choices=THINGS),
    Field("number", T.LINE, "编号", "Number", False, identifying=True),
    Field("place", T.LINE, "位置说明", "Where it stands", True),
    Field("point", T.POINT, "位置", "Position", True),
    Field("condition", T.CHOICE, "状况", "Condition", True, choices=CONDITIONS),
)
ORGANISATION = (
    Field("name", T.LINE, "名称", "Name", True, identifying=True),
    Field("category", T.CHOICE, "类别", "Category", True, choices=ORGANISATIONS),
    Field("credit_code", T.CREDIT_CODE, "统一社会信用代码", "Credit code", identifying=True),
    Field("address", T.ADDRESS, "地址", "Address", True, identifying=True),
    POINT,
    Field("contact_name", T.NAME, "负责人", "Contact", False, SEALED),
    Field("contact_phone", T.PHONE, "联系电话", "Contact's phone", False, SEALED, True),
)


def _first_person() -> tuple[Field, ...]:
    """`tel` for the phone; of residence only two kinds, under older words."""
    older = (
        Choice("resident", "常住人口", "Permanent resident"),
        Choice("temporary", "暂住人口", "Temporary resident"),
    )
    known = {field.name: field for field in PERSON}
    known["phone"] = Field("tel", T.PHONE, "电话", "Phone", False, SEALED, True)
    known["residence"] = Field(
        "residence", T.CHOICE, "居住类型", "Residence", True, SEALED, choices=older
    )
    return tuple(known.values())


def _first_place() -> tuple[Field, ...]:
    """Landlord and phone in one line."""
    together = Field("landlord", T.LINE, "房主及电话", "Landlord and phone", False, SEALED)
    kept = [field for field in PLACE if not field.name.startswith("landlord_")]
    return (*kept, together)


def _person_from_1(said: Fields) -> dict[str, Any]:
    now = dict(said)
    if "tel" in now:
        now["phone"] = now.pop("tel")
    words = {"resident": "permanent", "temporary": "floating"}
    if "residence" in now:
        now["residence"] = words.get(now["residence"], now["residence"])
    return now


def _place_from_1(said: Fields) -> dict[str, Any]:
    now = dict(said)
    if "landlord" in now:
        together = now.pop("landlord") or ""
        digits = re.search(r"[0-9]{7,15}", together)
        name = re.sub(r"[0-9]{7,15}", "", together).strip(" ,，、;；:：()（）")
        now["landlord_name"] = name or None
        now["landlord_phone"] = digits.group() if digits else None
    return now


FORMS: Mapping[RecordKind, tuple[Form, ...]] = {
    RecordKind.PERSON: (
        Form(RecordKind.PERSON, 1, IN_FORCE, _first_person(), _person_from_1),
        Form(RecordKind.PERSON, 2, SECOND, PERSON),
    ),
    RecordKind.PLACE: (
        Form(RecordKind.PLACE, 1, IN_FORCE, _first_place(), _place_from_1),
        Form(RecordKind.PLACE, 2, SECOND, PLACE),
    ),
    RecordKind.MATTER: (Form(RecordKind.MATTER, 1, IN_FORCE, MATTER),),
    RecordKind.THING: (Form(RecordKind.THING, 1, IN_FORCE, THING),),
    RecordKind.ORGANISATION: (Form(RecordKind.ORGANISATION, 1, IN_FORCE, ORGANISATION),),
}
"""Every version of every kind, oldest first."""
