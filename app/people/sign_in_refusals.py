"""Why somebody is not let in."""

from typing import ClassVar

from app.kit.errors import Refusal


class WrongCredentials(Refusal):
    """The phone or the password is wrong."""

    code = "auth.wrong_credentials"
    status = 401
    zh = "手机号或密码错误。"


class Locked(Refusal):
    """Too many failed attempts: the account is locked for a while."""

    code = "auth.locked"
    status = 429
    zh = "失败次数过多，账号已暂时锁定。"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "60"}


class AccountDisabled(Refusal):
    """The account was closed: ask the system administrator."""

    code = "auth.account_disabled"
    status = 403
    zh = "账号已停用，请联系系统管理员。"


class SecondFactorNeeded(Refusal):
    """Send the six digits of the authenticator app as well."""

    code = "auth.second_factor_needed"
    status = 401
    zh = "还需提供验证器应用上的六位动态口令。"


class WrongCode(Refusal):
    """The six digits are wrong, expired or used already."""

    code = "auth.wrong_code"
    status = 401
    zh = "动态口令错误、过期或已使用过。"


class DeviceNeeded(Refusal):
    """A handset account signs in from a device: name it."""

    code = "auth.device_needed"
    status = 422
    zh = "手持终端账号登录时必须提供设备信息。"


class DeviceNotBound(Refusal):
    """Another device is bound to this account: the station lead or security revokes it first."""

    code = "auth.device_not_bound"
    status = 403
    zh = "该账号已绑定另一台设备：请先由站长或安全管理员吊销原设备。"


class DeviceOfAnother(Refusal):
    """This device is bound to another account: it must be revoked there and the app installed anew.

    A device's id is never passed on, so that its records stay with the one who made them.
    """

    code = "auth.device_of_another"
    status = 403
    zh = "该设备已绑定其他账号：请先吊销原绑定并重新安装应用。"


class DeviceRevoked(Refusal):
    """This device was revoked: install the app anew to register it again."""

    code = "auth.device_revoked"
    status = 403
    zh = "该设备已被吊销：重新安装应用后可再次登记。"


class AppTooOld(Refusal):
    """The app is too old: update it."""

    code = "auth.app_too_old"
    status = 426
    zh = "应用版本过低，请先更新。"
    headers: ClassVar[dict[str, str]] = {"Upgrade": "grid-handset"}


class RefreshReused(Refusal):
    """This refresh token was used before: the whole login is revoked, sign in again."""

    code = "auth.refresh_reused"
    status = 401
    zh = "刷新令牌已被使用过：本次登录已全部吊销，请重新登录。"


class LoginEnded(Refusal):
    """The login has ended or was idle for too long: sign in again."""

    code = "auth.login_ended"
    status = 401
    zh = "登录已到期或闲置过久，请重新登录。"


class WrongPassword(Refusal):
    """The present password is wrong."""

    code = "auth.wrong_password"
    status = 403
    zh = "当前密码错误。"


class WeakPassword(Refusal):
    """The password is too weak: ten characters of three kinds, without the phone or name in it."""

    code = "auth.weak_password"
    status = 422
    zh = "密码强度不足：至少十个字符，含三类字符，且不含手机号或姓名。"


class SecondFactorEnrolled(Refusal):
    """A second factor is already confirmed: security must reset it first."""

    code = "auth.second_factor_enrolled"
    zh = "已启用第二因素：须先由安全管理员重置。"


class NoSecondFactor(Refusal):
    """No second factor waits for confirmation: enrol one first."""

    code = "auth.no_second_factor"
    zh = "没有待确认的第二因素，请先登记。"
