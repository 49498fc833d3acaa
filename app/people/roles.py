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
}

_OFFICE = frozenset(
    {"account", "units:read", "workers:read", "calendar:read", "parameters:read", "boards:read"}
)

ROLES: dict[str, frozenset[str]] = {
    "worker": frozenset(
        {"handset", "me", "account", "units:read", "calendar:read", "parameters:read"}
    ),
    "station_lead": _OFFICE
    | {
        "tracks:read",
        "decisions:read",
        "decisions:write",
        "workers:write",
        "devices:read",
        "devices:write",
    },
    "information_administrator": _OFFICE,
    "township": _OFFICE | {"tracks:read", "decisions:read", "workers:write"},
    "command_centre": _OFFICE
    | {
        "tracks:read",
        "decisions:read",
        "units:write",
        "workers:write",
        "calendar:write",
        "parameters:write",
    },
    "leading_group_office": _OFFICE | {"decisions:read"},
    "finance": frozenset(
        {"account", "units:read", "workers:read", "calendar:read", "parameters:read"}
    ),
    "platform": frozenset({"account", "units:read"}),
    "auditor": frozenset(
        {"account", "units:read", "parameters:read", "calendar:read", "audit:read"}
    ),
    "system_administrator": frozenset(
        {"account", "units:read", "accounts:read", "accounts:write", "devices:read"}
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
