"""What states, acts and effects of conduct are called on paper, in Chinese and in English."""

from collections.abc import Mapping

from app.kit.language import Text
from app.rules.approvals import StepAct, StepOutcome
from app.rules.conduct import PenaltyKind, ProposalSource, ProposalState
from app.rules.consequences import Effect
from app.rules.grounds import FindingKind
from app.rules.tasks import Platform

PENALTIES: Mapping[str, Text] = {
    PenaltyKind.WARNING: ("警告", "Warning"),
    PenaltyKind.DEMERIT: ("记过", "Demerit"),
    PenaltyKind.DISMISSAL: ("辞退", "Dismissal"),
}
STATES: Mapping[str, Text] = {
    ProposalState.PROPOSED: ("待社区提出", "Found; not put forward"),
    ProposalState.PUT_FORWARD: ("已提出，待决定", "Put forward; not decided"),
    ProposalState.PENALISED: ("已决定处罚", "Penalty decided"),
    ProposalState.DROPPED: ("不予处罚", "Dropped: nothing follows"),
    ProposalState.LAPSED: ("事由消失，已失效", "Lapsed: the ground is gone"),
}
SOURCES: Mapping[str, Text] = {
    ProposalSource.DETECTED: ("系统根据数据发现", "Found by the system in its data"),
    ProposalSource.RECORDED: ("单位登记", "Recorded by an office"),
}
EFFECTS: Mapping[str, Text] = {
    Effect.PERFORMANCE_LESS: ("扣减当月绩效工资", "Off the month's performance pay"),
    Effect.PERFORMANCE_NONE: ("取消当月绩效工资", "No performance pay for the month"),
    Effect.MONTH_FAILS: ("当月考核不合格", "The month's appraisal fails"),
    Effect.INTERVIEW: ("乡镇（街道）约谈", "Interview with the township"),
    Effect.CONTRACT_ENDS: ("解除聘用合同", "The contract ends"),
    Effect.UNPAID_PERFORMANCE_CANCELLED: (
        "取消尚未发放的岗位绩效工资",
        "No performance pay that is not paid yet",
    ),
}
ACTS: Mapping[str, Text] = {
    StepAct.ASK: ("申请", "Asks"),
    StepAct.PROPOSE: ("提出", "Proposes"),
    StepAct.APPLY: ("申请", "Applies"),
    StepAct.REVIEW: ("审核", "Reviews"),
    StepAct.DECIDE: ("决定", "Decides"),
    StepAct.APPROVE: ("审批", "Approves"),
    StepAct.FILE: ("备案", "Files"),
    StepAct.SIGN: ("签订", "Signs"),
    StepAct.COMPUTE: ("编制", "Computes"),
    StepAct.CLOSE: ("关闭", "Closes"),
}
OUTCOMES: Mapping[str, Text] = {
    StepOutcome.PASSED: ("同意", "Passed"),
    StepOutcome.REFUSED: ("不同意", "Refused"),
}
PLATFORMS: Mapping[str, Text] = {
    Platform.CHENGDU: ("成都市“大联动、微治理”", "Chengdu platform"),
    Platform.SICHUAN: ("四川省“网格化服务管理”", "Provincial platform"),
}
FINDINGS: Mapping[str, Text] = {
    FindingKind.SECOND_JOB: ("兼职第二职业", "A second job"),
    FindingKind.LACKING_AND_INCIDENT: ("应录未录、应访未访并引发事件", "Lacking, and an incident"),
    FindingKind.UNFIT_OR_GRAVE_ERROR: ("不能胜任或重大差错", "Unfit, or a grave error"),
    FindingKind.UNLAWFUL_ACTS: ("违法违纪", "Unlawful acts"),
    FindingKind.HARMFUL_CONTENT: ("传播不良信息", "Harmful content"),
    FindingKind.BREACH_OF_ETHICS: ("违反社会道德", "Breach of ethics"),
    FindingKind.FALSE_RECORDS: ("录入、记录虚假信息", "False records"),
}
RECORDS: Mapping[str, Text] = {
    "equipment_check": ("着装检查", "Check of clothes"),
    "platform_logins": ("平台账号登录记录", "Logins to the platforms"),
    "incident": ("事件", "Event"),
    "incident_card": ("亮牌", "Card"),
    "record": ("信息记录", "Record"),
    "sample_item": ("准确率核查", "Check of accuracy"),
    "focus_listing": ("应掌握名单", "Listing"),
    "known_change": ("已知变化", "Known change"),
    "awareness_survey": ("知晓率调查", "Awareness survey"),
    "month_appraisal": ("月度考核", "Monthly appraisal"),
    "year_appraisal": ("年度考核", "Annual appraisal"),
    "visit": ("走访", "Visit"),
}
