"""The types of events that may be told outside, and all that each may say (INT-1).

Thin by construction: of an act's facts only the fields listed here are ever copied, and only while
their values have the field's form. None of them names a person, a number, an address or a photo.

Records are told once they are entered: a draft is still the station's own. Of which special group
somebody is, or that a record was emptied of it, is told nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.outbox.fields import EventField, Form
from app.rules.cards import Colour
from app.rules.field_records import Severity
from app.rules.incidents import Act, Score, State
from app.rules.information import RecordKind, RecordState
from app.rules.tiers import Tier

INCIDENT, RECORD, ENDPOINT = "incident", "record", "webhook_endpoint"
TEST = "webhook.test"
GRID_CODE = EventField("grid_code", Form.UNIT, "网格编码", "Code of the grid", "510185001001001")


@dataclass(frozen=True)
class EventType:
    """A type, what it tells in both languages, what it is about, and all its fields.

    Any field may be missing; what has no value is not said.
    """

    name: str
    zh: str
    en: str
    subject: str
    fields: tuple[EventField, ...]

    @property
    def example(self) -> dict[str, Any]:
        """Each field with a value as it may be told."""
        return {field.name: field.example for field in self.fields}

    def told(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What of an act's facts is told outside."""
        return {
            field.name: facts[field.source]
            for field in self.fields
            if field.source in facts and field.admits(facts[field.source])
        }


def _at(name: str, zh: str, en: str, example: str) -> EventField:
    return EventField(name, Form.INSTANT, zh, en, example)


def _key(name: str, zh: str, en: str, example: str) -> EventField:
    return EventField(name, Form.KEY, zh, en, example)


TIER = EventField("tier", Form.CODE, "层级", "The tier that acts, or holds", "grid", Tier)
DUE_AT = _at("due_at", "应办结时间", "When its holder is due", "2026-03-19T17:00:00+08:00")
CARD = (
    _key("card_id", "牌的编号", "The card", "0199d2f0-0000-7000-8000-000000000001"),
    EventField("colour", Form.CODE, "颜色", "Yellow or red", "yellow", Colour),
    TIER,
    GRID_CODE,
    _at("fell_at", "亮牌时间", "When it fell", "2026-03-18T15:30:00+08:00"),
)
RECORD_FIELDS = (
    EventField("kind", Form.CODE, "信息类别", "What it is about", "place", RecordKind),
    EventField("state", Form.CODE, "状态", "Where it stands", "entered", RecordState),
    EventField("version", Form.NUMBER, "版本号", "The version that stands", 3),
    GRID_CODE,
)
OTHER_RECORD = "0199d2f0-0000-7000-8000-000000000002"


def _record(name: str, zh: str, en: str, *more: EventField) -> EventType:
    return EventType(f"record.{name}", zh, en, RECORD, (*RECORD_FIELDS, *more))


ALL = (
    EventType(
        "incident.acted",
        "事件有新的办理动作",
        "An act on an event: reported, taken up, handed on, closed, verified …",
        INCIDENT,
        (
            EventField("act", Form.CODE, "动作", "What was done", "escalate", Act),
            _key("act_id", "动作编号", "The act", "0199d2f0-0000-7000-8000-000000000004"),
            EventField(
                "act_number",
                Form.NUMBER,
                "动作序号",
                "Which act on this event; 1 is the report",
                3,
                fact="number",
            ),
            EventField("state", Form.CODE, "状态", "Where it stands after it", "held", State),
            TIER,
            EventField("to_tier", Form.CODE, "移交层级", "Who holds it next", "community", Tier),
            EventField("category", Form.CODE, "事件类别", "Of the category tree", "public_safety"),
            EventField("severity", Form.CODE, "事件等级", "General or major", "general", Severity),
            GRID_CODE,
            _at("effective_at", "动作时间", "When it counts from", "2026-03-18T09:30:00+08:00"),
            DUE_AT,
            EventField("score", Form.CODE, "核实评价", "Of a verification", "satisfied", Score),
            _key("duplicate_of", "重复事件", "The event that it repeats", OTHER_RECORD),
        ),
    ),
    EventType("incident.card_drawn", "事件被亮牌", "A yellow or red card fell", INCIDENT, CARD),
    EventType(
        "incident.card_withdrawn",
        "事件亮牌被撤销",
        "A higher tier withdrew a card",
        INCIDENT,
        (*CARD, _at("withdrawn_at", "撤销时间", "When", "2026-03-20T10:00:00+08:00")),
    ),
    _record("entered", "信息已录入", "A record was checked and entered"),
    _record("corrected", "信息已更正", "A record that stands was corrected"),
    _record(
        "ended",
        "信息已注销",
        "What a record is about is no more, from a date on",
        EventField("ended_on", Form.DAY, "注销日期", "From this date on", "2026-03-18"),
    ),
    _record(
        "merged",
        "信息已合并",
        "Another record was merged into this one",
        _key("merged", "被合并的记录", "The record that is no more", OTHER_RECORD),
    ),
    _record(
        "unmerged",
        "信息合并已撤销",
        "A merge was undone: the other record stands again",
        _key("merged", "恢复的记录", "The record that stands again", OTHER_RECORD),
    ),
    _record("erased", "信息已删除", "A record was erased: whoever holds a copy erases it too"),
    EventType(
        TEST,
        "测试推送",
        "A test that an administrator sends to one endpoint",
        ENDPOINT,
        (_at("sent_at", "发送时间", "When it was asked for", "2026-03-18T09:30:00+08:00"),),
    ),
)
TYPES: Mapping[str, EventType] = MappingProxyType({each.name: each for each in ALL})


def told_of(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of an act's facts is told outside."""
    return TYPES[name].told(facts)
