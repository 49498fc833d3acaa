"""What an upload is refused for, with the statuses that tus gives them."""

from typing import ClassVar

from app.kit.errors import Refusal

TUS = "1.0.0"
SPEAKS: dict[str, str] = {"Tus-Resumable": TUS}


class TusVersion(Refusal):
    """Uploads speak tus 1.0.0: the header Tus-Resumable must say so."""

    code = "upload.version"
    status = 412
    zh = "上传须采用 tus 1.0.0 协议，并以 Tus-Resumable 头注明。"
    headers: ClassVar[dict[str, str]] = {**SPEAKS, "Tus-Version": TUS}


class NoSuchUpload(Refusal):
    """You have no such upload: begin again."""

    code = "upload.not_found"
    status = 404
    zh = "您没有这项上传，请重新开始。"
    headers: ClassVar[dict[str, str]] = SPEAKS


class OffsetMismatch(Refusal):
    """The piece does not begin where the upload stands: ask with HEAD where to go on."""

    code = "upload.offset"
    zh = "数据起点与已上传位置不符，请用 HEAD 查询后继续。"
    headers: ClassVar[dict[str, str]] = SPEAKS


class UploadExpired(Refusal):
    """The upload was left for too long: begin again."""

    code = "upload.expired"
    status = 410
    zh = "该上传已过期，请重新开始。"
    headers: ClassVar[dict[str, str]] = SPEAKS


class UploadBusy(Refusal):
    """Another request is sending this upload: try again."""

    code = "upload.busy"
    status = 423
    zh = "该上传正由另一请求进行，请稍后再试。"
    headers: ClassVar[dict[str, str]] = {**SPEAKS, "Retry-After": "5"}


class NotAPiece(Refusal):
    """A piece of an upload is sent as application/offset+octet-stream."""

    code = "upload.content_type"
    status = 415
    zh = "上传数据的 Content-Type 须为 application/offset+octet-stream。"
    headers: ClassVar[dict[str, str]] = SPEAKS


class BeyondLength(Refusal):
    """More was sent than the upload's length; what fits was kept, ask with HEAD."""

    code = "upload.beyond_length"
    status = 400
    zh = "所传数据超过所报长度，请用 HEAD 查询后继续。"
    headers: ClassVar[dict[str, str]] = SPEAKS


class NotOffered(Refusal):
    """Only creation, expiration and termination of tus are offered: announce, then send pieces."""

    code = "upload.not_offered"
    status = 422
    zh = "仅支持 tus 的 creation、expiration、termination 扩展：请先创建，再分段上传。"
    headers: ClassVar[dict[str, str]] = SPEAKS
