"""What endpoints, their keys and messages that come in can be refused for."""

from app.kit.errors import Refusal


class NotAuthentic(Refusal):
    """The message is not proven to come from the platform: see `why`."""

    code = "webhook.not_authentic"
    status = 401
    zh = "无法确认消息来自该平台，原因见 why。"
    rule = "INT-1"
    clause = "三(一)1 “4”, 四(一)2, 四(二)"


class NotAKey(Refusal):
    """The secret does not have the form that its scheme asks for."""

    code = "webhook.not_a_key"
    status = 422
    zh = "密钥不符合该签名方式要求的格式。"
    rule = "INT-2"
    clause = "三(一)1 “4”"


class NoKeysInScheme(Refusal):
    """This direction of the endpoint is not signed with keys."""

    code = "webhook.no_keys"
    zh = "该端点的这一方向不使用签名密钥。"
    rule = "INT-2"
    clause = "三(一)1 “4”"


class TooManyKeys(Refusal):
    """Too many old keys are still valid: expire some, or rotate without an overlap."""

    code = "webhook.too_many_keys"
    zh = "仍然有效的旧密钥过多，请先作废部分旧密钥，或不留重叠期直接轮换。"
    rule = "INT-2"
    clause = "三(一)1 “4”"


class LastKey(Refusal):
    """The last valid key can't be expired: rotate without an overlap instead."""

    code = "webhook.last_key"
    zh = "最后一个有效密钥不能作废，请不留重叠期直接轮换。"
    rule = "INT-2"
    clause = "三(一)1 “4”"


class AddressRefused(Refusal):
    """This address lies inside our own networks, or is not encrypted: see `why`."""

    code = "webhook.address_refused"
    status = 422
    zh = "该地址位于内部网络或未加密，原因见 why。"
    rule = "INT-2"
    clause = "三(一)1 “4”"


class CredentialsMissing(Refusal):
    """The scheme needs credentials that were not given."""

    code = "webhook.credentials_missing"
    status = 422
    zh = "缺少该签名方式所需的凭据。"
    rule = "INT-1"
    clause = "三(一)1 “4”, 四(一)2, 四(二)"


class EndpointNotInState(Refusal):
    """An endpoint in this state does not allow that act: see `allowed`."""

    code = "webhook.not_in_state"
    zh = "端点当前状态不允许此操作，可执行的操作见 allowed。"
    rule = "INT-1"
    clause = "三(一)1 “4”, 四(一)2, 四(二)"


class PlatformHasEndpoint(Refusal):
    """This platform has an endpoint already: retire it first."""

    code = "webhook.platform_has_endpoint"
    zh = "该平台已有端点，请先停用原端点。"
    rule = "INT-1"
    clause = "三(一)1 “4”, 四(一)2, 四(二)"


class InboundNeedsPlatform(Refusal):
    """Only a platform's endpoint takes messages in, and never by OAuth."""

    code = "webhook.inbound_needs_platform"
    status = 422
    zh = "只有平台端点可以接收消息，且不得使用 OAuth 方式。"
    rule = "INT-1"
    clause = "三(一)1 “4”, 四(一)2, 四(二)"
