"""What photos are refused for."""

from app.kit.errors import Refusal


class PhotoRefused(Refusal):
    """What was sent is not the photo that was announced; it was discarded."""

    status = 422


class TypeNotTaken(PhotoRefused):
    """Only JPEG, PNG and WebP pictures are taken."""

    code = "media.type"
    zh = "只接收 JPEG、PNG 和 WebP 格式的照片。"


class PhotoTooLarge(PhotoRefused):
    """The photo has more bytes than are taken."""

    code = "media.too_large"
    status = 413
    zh = "照片文件过大。"


class MetadataMissing(PhotoRefused):
    """An upload must announce its sha256 (64 hexadecimal digits) and its filetype."""

    code = "media.metadata"
    zh = "上传时须注明照片的 sha256（64位十六进制）和 filetype。"


class WrongHash(PhotoRefused):
    """The content is not what its SHA-256 promised; it was discarded and can be sent again."""

    code = "media.wrong_hash"
    zh = "照片内容与所报 SHA-256 不符，已丢弃，可重新上传。"


class Broken(PhotoRefused):
    """This is not a whole picture of the type announced; it was discarded."""

    code = "media.broken"
    zh = "文件不是完整的照片，或与所报格式不符，已丢弃。"


class TooManyPixels(PhotoRefused):
    """The picture has more pixels than are taken; it was discarded."""

    code = "media.too_many_pixels"
    zh = "照片像素过多，已丢弃。"


class PhotoMissing(Refusal):
    """A record names this photo, but it has not arrived yet."""

    code = "media.missing"
    status = 404
    zh = "记录中注明了这张照片，但照片尚未上传。"
