"""What verdicts, kinds and steps are called on paper, in Chinese and in English."""

from collections.abc import Mapping
from enum import StrEnum

from app.kit.language import Language
from app.rules.duty import Employment, Half
from app.rules.equipment import EquipmentItem
from app.rules.errands import ErrandStep
from app.rules.field_records import Severity
from app.rules.field_time import FieldVerdict, Standing
from app.rules.incidents import Act, Score
from app.rules.information import RecordKind
from app.rules.meetings import MeetingKind, Presence
from app.rules.procedures import LeaveKind
from app.rules.tasks import BasicTask, LoginSource, Platform, TaskPart, TaskVerdict
from app.rules.visits import Cadence, VisitKind, VisitManner, VisitOutcome, VisitVerdict
from app.rules.windows import WindowState

Words = Mapping[str, tuple[str, str]]

WORDS: Mapping[type[StrEnum], Words] = {
    Employment: {
        "full_time": ("专职", "Full-time"),
        "rural_part_time": ("农村兼职", "Rural part-time"),
    },
    Half: {"morning": ("上午", "morning"), "afternoon": ("下午", "afternoon")},
    LeaveKind: {
        "annual": ("年假", "Annual leave"),
        "personal": ("事假", "Personal leave"),
        "sick": ("病假", "Sick leave"),
        "marriage": ("婚假", "Marriage leave"),
        "maternity": ("产假", "Maternity leave"),
        "paternity": ("陪产假", "Paternity leave"),
        "bereavement": ("丧假", "Bereavement leave"),
        "work_injury": ("工伤假", "Work-injury leave"),
        "official": ("公假", "Official leave"),
        "unpaid_absence": ("离岗", "Unpaid absence"),
        "other": ("其他假", "Other leave"),
    },
    WindowState: {
        "filled": ("已签到", "Signed in"),
        "made_good": ("已补签", "Made good"),
        "excused": ("准假", "Excused"),
        "missed": ("缺签", "Missed"),
        "open": ("进行中", "Open"),
        "upcoming": ("未到时", "Upcoming"),
        "not_owed": ("不要求", "Not owed"),
    },
    BasicTask: {
        "signed_on": ("登录账号", "Accounts"),
        "information": ("采集信息", "Information"),
        "patrol": ("巡查网格", "Grid patrolled"),
        "events": ("流转事件", "Events passed on"),
    },
    TaskPart: {
        "handset": ("手持终端", "handset"),
        "track": ("轨迹记录", "track"),
        "chengdu": ("大联动·微治理", "Chengdu platform"),
        "sichuan": ("省网格化系统", "Sichuan platform"),
        "collected": ("采集更新", "collected"),
        "checked": ("抽样核查", "sampled checks"),
        "patrolled": ("网格内轨迹", "time in the grid"),
        "filed": ("上报", "filed"),
        "verified": ("验证评分", "verified and scored"),
    },
    TaskVerdict: {
        "done": ("完成", "Done"),
        "partly": ("部分完成", "Partly"),
        "none": ("无记录", "No record"),
        "excused": ("准假", "Excused"),
        "not_owed": ("不要求", "Not owed"),
    },
    Platform: {
        "chengdu": ("大联动·微治理", "Chengdu platform"),
        "sichuan": ("省网格化系统", "Sichuan platform"),
    },
    LoginSource: {"webhook": ("平台推送", "the platform"), "station": ("站点登记", "the station")},
    VisitKind: {
        "property_guard": ("物管和保安", "Property and guards"),
        "rental": ("出租房和流动人口", "Rented homes, floating"),
        "special_group": ("特殊人群", "Special groups"),
        "care": ("关怀对象", "Cared-for people"),
        "resident": ("常住人口", "Permanent residents"),
    },
    Cadence: {
        "duty_date": ("每日", "daily"),
        "week": ("每周", "weekly"),
        "quarter": ("每季", "quarterly"),
    },
    VisitManner: {
        "on_site": ("上门", "on site"),
        "met_elsewhere": ("他处见面", "met elsewhere"),
        "by_phone": ("电话", "by phone"),
    },
    VisitOutcome: {
        "met": ("见到", "met"),
        "nobody_home": ("无人在家", "nobody home"),
        "refused": ("拒访", "refused"),
        "moved_away": ("已搬离", "moved away"),
    },
    VisitVerdict: {
        "counts": ("计入", "Counts"),
        "nobody_home": ("无人在家", "Nobody home"),
        "too_far": ("距离过远", "Too far"),
        "mocked": ("模拟位置", "Mocked position"),
        "by_phone": ("电话不计", "By phone"),
        "out_of_scope": ("非本网格", "Out of scope"),
        "unregistered": ("未登记对象", "Not registered"),
    },
    FieldVerdict: {
        "met": ("达标", "Met"),
        "short": ("不足", "Short"),
        "excused": ("准假", "Excused"),
        "not_owed": ("不要求", "Not owed"),
    },
    Standing: {"provisional": ("暂定", "provisional"), "final": ("已定稿", "final")},
    RecordKind: {
        "person": ("人", "people"),
        "place": ("地", "places"),
        "matter": ("事", "matters"),
        "thing": ("物", "things"),
        "organisation": ("组织", "organisations"),
    },
    ErrandStep: {
        "accepted": ("受理", "accepted"),
        "papers_collected": ("收集材料", "papers collected"),
        "handled": ("代理办理", "handled"),
        "delivered": ("送达", "delivered"),
        "rated": ("评价", "rated"),
    },
    Act: {
        "report": ("上报", "reported"),
        "take_up": ("受理", "taken up"),
        "escalate": ("上报上级", "escalated"),
        "hand_down": ("下派", "handed down"),
        "return": ("退回", "returned"),
        "ask_help": ("请求协助", "help asked"),
        "give_help": ("给予协助", "help given"),
        "ask_extension": ("申请延期", "extension asked"),
        "decide_extension": ("审批延期", "extension decided"),
        "regrade": ("调整类别等级", "regraded"),
        "close": ("办结", "closed"),
        "follow_up": ("回访", "followed up"),
        "verify": ("验证评分", "verified"),
        "withdraw": ("撤回", "withdrawn"),
        "find_false": ("认定虚假", "found false"),
        "link_duplicate": ("关联重复", "linked as duplicate"),
        "unlink": ("取消关联", "unlinked"),
        "withdraw_card": ("撤销亮牌", "card withdrawn"),
        "platform_word": ("平台反馈", "platform's word"),
    },
    Score: {
        "satisfied": ("满意", "satisfied"),
        "mostly": ("基本满意", "mostly satisfied"),
        "not": ("不满意", "not satisfied"),
    },
    Severity: {"general": ("一般", "general"), "major": ("重大", "major")},
    MeetingKind: {
        "morning": ("晨会", "Morning meeting"),
        "weekly": ("周例会", "Weekly meeting"),
        "community_training": ("社区培训", "Community training"),
        "township_training": ("乡镇（街道）培训", "Township training"),
        "city_training": ("市级轮训", "City training"),
    },
    Presence: {
        "present": ("到会", "present"),
        "absent": ("缺席", "absent"),
        "excused": ("准假", "excused"),
    },
    EquipmentItem: {
        "work_card": ("工作证", "work card"),
        "handset": ("手持终端", "handset"),
        "work_bag": ("工作包", "work bag"),
        "log_book": ("工作日志", "log book"),
        "contact_cards": ("便民联系卡", "contact cards"),
        "torch": ("手电筒", "torch"),
        "whistle": ("口哨", "whistle"),
    },
}

WEEKDAYS: tuple[tuple[str, str], ...] = (
    ("星期一", "Monday"),
    ("星期二", "Tuesday"),
    ("星期三", "Wednesday"),
    ("星期四", "Thursday"),
    ("星期五", "Friday"),
    ("星期六", "Saturday"),
    ("星期日", "Sunday"),
)


def called(member: StrEnum, language: Language) -> str:
    """What a verdict, a kind or a step is called."""
    return in_(language, WORDS[type(member)][member.value])


def in_(language: Language, words: tuple[str, str]) -> str:
    """The words in one of the two languages."""
    return words[0] if language == "zh" else words[1]
