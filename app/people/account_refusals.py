"""Why an account is not opened or changed."""

from app.kit.errors import Refusal


class PhoneTaken(Refusal):
    """Another account has this phone."""

    code = "accounts.phone_taken"
    zh = "该手机号已有账号。"


class WorkerHasAccount(Refusal):
    """This worker has an account already."""

    code = "accounts.worker_has_account"
    zh = "该网格员已有账号。"


class WorkerMismatch(Refusal):
    """A worker's account names a level 1 worker posted at its unit; no other account names one."""

    code = "accounts.worker_mismatch"
    status = 422
    zh = "网格员账号须对应在本单位任职的一级网格员，其他账号不得对应网格员。"
    rule = "ORG-3"
    clause = "一(一), 二9(1)"


class UnknownUnit(Refusal):
    """There is no such unit."""

    code = "accounts.unknown_unit"
    status = 422
    zh = "没有这个单位。"


class RoleTier(Refusal):
    """This role acts at another tier than the unit's."""

    code = "accounts.role_tier"
    status = 422
    zh = "该角色不在此层级的单位履职。"
    rule = "ORG-1"
    clause = "一(二), 三, 四, 五"


class RolesConflict(Refusal):
    """These roles never combine: the three administrations, and a worker with any other."""

    code = "accounts.roles_conflict"
    status = 422
    zh = "这些角色不得兼任：系统、安全、审计三员互斥，网格员不得兼任其他角色。"


class OwnAccount(Refusal):
    """Nobody changes their own roles, unit or standing: another administrator does."""

    code = "accounts.own"
    status = 403
    zh = "不得更改本人的角色、单位或状态：请由其他管理员办理。"
