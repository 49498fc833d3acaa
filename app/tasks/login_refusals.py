"""What logins to the platforms can be refused for."""

from app.kit.errors import Refusal


class LoginNotYet(Refusal):
    """A login is recorded once it has happened."""

    code = "platform_login.not_yet"
    status = 422
    zh = "登录尚未发生，不能登记。"
    rule = "TSK-3"
    clause = "四(二)3"


class LoginTooLongAgo(Refusal):
    """A login of that long ago can't be recorded by the station any more."""

    code = "platform_login.too_long_ago"
    status = 422
    zh = "登录日期过早，站点不能再登记。"
    rule = "TSK-3"
    clause = "四(二)3"


class WorkerNotPostedHere(Refusal):
    """Somebody named was not posted in your unit on that date."""

    code = "platform_login.not_posted_here"
    status = 422
    zh = "所列人员中有人当日不在本单位任职。"
    rule = "TSK-3"
    clause = "四(二)3"


class LoginFromPlatform(Refusal):
    """The platform itself reported this login: the station can't take it back."""

    code = "platform_login.from_platform"
    zh = "该登录由平台上报，站点不能撤销。"
    rule = "TSK-3"
    clause = "四(二)3"
