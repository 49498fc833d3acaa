"""Who may what: roles as a table of scopes, and the tiers at which each role acts."""

from app.rules.divisions import UnitTier

SCOPES: dict[str, tuple[str, str]] = {
    "handset": ("上传签到、轨迹、走访等记录", "Send sign-ins, tracks, visits and other records"),
    "me": ("查看本人的记录、结论和消息", "See one's own records, verdicts and messages"),
    "account": ("管理本人的账号", "Manage one's own account"),
    "units:read": ("查看单位、网格和站点", "See units, grids and stations"),
    "units:write": ("修改单位、网格边界和站点", "Change units, boundaries and stations"),
    "workers:read": ("查看网格员及其任职", "See workers and their assignments"),
    "workers:write": ("登记网格员及其任职", "Register workers and their assignments"),
    "calendar:read": ("查看工作日历", "See the duty calendar"),
    "calendar:write": ("宣布或免除工作日", "Declare and exempt duty dates"),
    "parameters:read": ("查看参数", "See parameters"),
    "parameters:write": ("调整参数", "Supersede parameters from a date"),
    "boards:read": ("查看看板、汇总和证据", "See boards, summaries and evidence"),
    "tracks:read": ("查看轨迹（留痕）", "See tracks; each look is logged"),
    "decisions:read": ("查看待办决定", "See what waits for a decision"),
    "decisions:write": ("审批签到复核、补签和请假", "Decide reviews, corrections and leave"),
    "accounts:read": ("查看账号和设备", "See accounts and devices"),
    "accounts:write": ("开立和停用账号", "Open and close accounts"),
    "devices:read": ("查看手持终端", "See handsets"),
    "devices:write": ("吊销手持终端", "Revoke handsets"),
    "security:write": ("解锁账号、吊销设备和会话", "Unlock accounts, revoke devices and sessions"),
    "audit:read": ("查看操作日志", "Read the audit log"),
    "visits:read": ("查看走访对象和走访（留痕）", "See visit places and visits; looks are logged"),
    "visits:write": ("维护走访对象", "Keep visit places and their targets"),
    "groups:write": ("组建互助组和网格团队", "Set up mutual-aid groups and grid teams"),
    "records:read": ("查看信息记录（敏感内容遮盖）", "See records, sensitive fields masked"),
    "records:write": ("录入、退回、合并信息记录", "Enter, return and merge records"),
    "records:reveal": (
        "按用途查看敏感内容（留痕）",
        "Reveal sensitive fields; each is logged",
    ),
    "records:rights": ("导出、更正、删除个人档案", "Export, correct and erase a person's file"),
    "accuracy:read": ("查看信息准确率和掌握率", "See accuracy and coverage of information"),
    "samples:write": ("抽取核查样本", "Draw samples for checks"),
    "samples:check": ("核查样本", "Check samples"),
    "listings:write": ("登记应掌握名单", "Keep the lists of whom all must be known"),
    "errands:read": ("查看代办事项", "See errands"),
    "meetings:read": ("查看例会和培训", "See meetings and training"),
    "meetings:write": ("登记例会和培训", "Record meetings and training"),
    "equipment:read": ("查看着装和装备检查", "See checks of clothes and equipment"),
    "equipment:write": ("检查着装和装备", "Check clothes and equipment"),
    "exemptions:write": ("免除着装要求", "Exempt from work clothes"),
    "key_periods:read": ("查看重点时段", "See key periods"),
    "key_periods:write": ("启动重点时段响应", "Open responses of key periods"),
    "platform_logins:write": ("登记平台账号登录", "Record logins to the platforms"),
    "sheets:read": ("查看每日任务清单表", "See daily task sheets"),
    "media:read": ("查看照片", "See photos"),
    "events:read": ("查看事件、亮牌和统计", "See events, cards and statistics"),
    "events:act": ("办理事件", "Act on events"),
    "events:decide": ("审批延期、撤销亮牌", "Decide extensions and withdraw cards"),
    "event_rules:write": ("维护事件分类和时限", "Keep categories and deadlines of events"),
    "webhooks:read": ("查看推送端点和推送记录", "See webhook endpoints and deliveries"),
    "webhooks:write": ("维护推送端点和密钥", "Keep webhook endpoints and their keys"),
    "platforms:read": ("查看平台往来和对账", "See exchanges with the platforms"),
    "platforms:write": ("登记平台账号、发起对账", "Keep platform accounts, reconcile"),
    "platforms:reveal": (
        "查看平台来文内容（留痕）",
        "Reveal what platforms' messages say; each look is logged",
    ),
    "approvals:read": ("查看审批事项", "See what goes through a procedure"),
    "approvals:act": ("办理审批步骤", "Take the steps of procedures"),
    "delegations:write": ("委托他人代办", "Let another account stand in"),
    "hiring:read": ("查看空缺、招聘和合同", "See vacancies, recruitment and contracts"),
    "hiring:write": ("办理招聘、合同和离岗", "Recruit, keep contracts, end them"),
    "conduct:read": ("查看处罚建议、处罚和申诉", "See proposals, penalties and appeals"),
    "conduct:record": ("登记违规事实、提出处罚", "Record findings and put proposals forward"),
    "conduct:decide": ("决定处罚和复核", "Decide penalties and reviews"),
    "surveys:write": ("登记知晓率调查", "Record awareness surveys"),
    "appraisals:read": ("查看考核", "See appraisals"),
    "appraisals:write": ("实施考核、更正指标", "Appraise and correct indicators"),
    "pay:read": ("查看工资发放表和报表", "See payrolls, registers and reports"),
    "pay:write": ("编制和关闭工资表", "Compute and close payrolls"),
    "pay_standards:write": ("设定工资标准", "Set the standards of pay"),
    "platform:fetch": ("平台调取事件（留痕）", "A platform fetches an event; each is logged"),
}

_OFFICE = frozenset(
    {
        "account",
        "units:read",
        "workers:read",
        "calendar:read",
        "parameters:read",
        "boards:read",
        "accuracy:read",
        "meetings:read",
        "equipment:read",
        "key_periods:read",
        "events:read",
        "approvals:read",
        "approvals:act",
        "delegations:write",
        "hiring:read",
        "conduct:read",
        "appraisals:read",
    }
)

_OVER_PEOPLE = frozenset(
    {
        "approvals:read",
        "approvals:act",
        "delegations:write",
        "hiring:read",
        "conduct:read",
        "appraisals:read",
    }
)
"""What concerns workers' standing: not for who keeps residents' records."""

ROLES: dict[str, frozenset[str]] = {
    "worker": frozenset(
        {
            "handset",
            "me",
            "account",
            "units:read",
            "calendar:read",
            "parameters:read",
            "key_periods:read",
            "media:read",
        }
    ),
    "station_lead": _OFFICE
    | {
        "hiring:write",
        "conduct:record",
        "appraisals:write",
        "events:act",
        "events:decide",
        "platforms:write",
        "visits:read",
        "visits:write",
        "groups:write",
        "records:read",
        "records:reveal",
        "samples:check",
        "listings:write",
        "errands:read",
        "meetings:write",
        "equipment:write",
        "platform_logins:write",
        "sheets:read",
        "media:read",
        "tracks:read",
        "decisions:read",
        "decisions:write",
        "workers:write",
        "devices:read",
        "devices:write",
    },
    "information_administrator": (_OFFICE - _OVER_PEOPLE)
    | {
        "visits:read",
        "visits:write",
        "records:read",
        "records:write",
        "records:reveal",
        "records:rights",
        "listings:write",
        "errands:read",
        "media:read",
    },
    "township": _OFFICE
    | {
        "hiring:write",
        "conduct:record",
        "conduct:decide",
        "surveys:write",
        "appraisals:write",
        "events:act",
        "events:decide",
        "tracks:read",
        "decisions:read",
        "workers:write",
        "samples:write",
        "samples:check",
        "listings:write",
        "meetings:write",
        "exemptions:write",
        "sheets:read",
        "media:read",
    },
    "command_centre": _OFFICE
    | {
        "conduct:record",
        "conduct:decide",
        "surveys:write",
        "pay:read",
        "pay:write",
        "pay_standards:write",
        "events:act",
        "events:decide",
        "event_rules:write",
        "webhooks:read",
        "platforms:read",
        "platforms:reveal",
        "platforms:write",
        "tracks:read",
        "decisions:read",
        "units:write",
        "workers:write",
        "calendar:write",
        "parameters:write",
        "samples:write",
        "samples:check",
        "listings:write",
        "meetings:write",
        "exemptions:write",
        "key_periods:write",
        "sheets:read",
        "media:read",
    },
    "leading_group_office": _OFFICE
    | {"decisions:read", "events:decide", "conduct:decide", "media:read", "pay:read"},
    "finance": frozenset(
        {
            "account",
            "units:read",
            "workers:read",
            "calendar:read",
            "parameters:read",
            "pay:read",
        }
    ),
    "platform": frozenset({"account", "units:read", "platform:fetch"}),
    "auditor": frozenset(
        {"account", "units:read", "parameters:read", "calendar:read", "audit:read"}
    ),
    "system_administrator": frozenset(
        {
            "account",
            "units:read",
            "accounts:read",
            "accounts:write",
            "devices:read",
            "webhooks:read",
            "webhooks:write",
            "platforms:read",
        }
    ),
    "security_administrator": frozenset(
        {
            "account",
            "units:read",
            "accounts:read",
            "devices:read",
            "devices:write",
            "security:write",
        }
    ),
}

ADMINISTRATIONS = frozenset({"system_administrator", "security_administrator", "auditor"})
"""No account holds two of these."""

TIERS_OF_ROLES: dict[str, frozenset[UnitTier]] = {
    "worker": frozenset({UnitTier.COMMUNITY}),
    "station_lead": frozenset({UnitTier.COMMUNITY}),
    "information_administrator": frozenset({UnitTier.COMMUNITY}),
    "township": frozenset({UnitTier.TOWNSHIP}),
    "command_centre": frozenset({UnitTier.CITY}),
    "leading_group_office": frozenset({UnitTier.CITY}),
    "finance": frozenset({UnitTier.CITY}),
    "platform": frozenset({UnitTier.CITY}),
    "auditor": frozenset({UnitTier.CITY}),
    "system_administrator": frozenset({UnitTier.CITY}),
    "security_administrator": frozenset({UnitTier.CITY}),
}

ROLE_NAMES: dict[str, tuple[str, str]] = {
    "worker": ("网格员", "Grid worker"),
    "station_lead": ("社区服务管理站站长", "Station lead"),
    "information_administrator": ("社区信息管理员", "Information administrator"),
    "township": ("乡镇（街道）中心", "Township centre"),
    "command_centre": ("市指挥中心", "City command centre"),
    "leading_group_office": ("领导小组办公室", "Leading-group office"),
    "finance": ("财政", "Finance"),
    "platform": ("外部平台", "Outside platform"),
    "auditor": ("安全审计员", "Auditor"),
    "system_administrator": ("系统管理员", "System administrator"),
    "security_administrator": ("安全管理员", "Security administrator"),
}


def scopes_of(roles: tuple[str, ...]) -> frozenset[str]:
    """All that some roles allow together."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
