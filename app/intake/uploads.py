"""Photos come in pieces and are resumed (tus 1.0)."""

from base64 import b64encode
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from app.api.problems import refusals
from app.intake import tus
from app.intake.carrier import Carrier
from app.intake.door import AtTheDoor
from app.intake.refusals import NotAHandset
from app.intake.upload_desk import Desk
from app.intake.upload_files import UploadKey
from app.intake.upload_refusals import (
    SPEAKS,
    TUS,
    BeyondLength,
    NoSuchUpload,
    NotAPiece,
    NotOffered,
    OffsetMismatch,
    TusVersion,
    UploadBusy,
    UploadExpired,
)
from app.kit.errors import BadEncoding
from app.media.refusals import (
    Broken,
    MetadataMissing,
    PhotoRefused,
    PhotoTooLarge,
    TooManyPixels,
    TypeNotTaken,
    WrongHash,
)
from app.people.sign_in_refusals import AppTooOld

router = APIRouter(prefix="/v1", tags=["handset"])

EXTENSIONS = "creation,expiration,termination"
PIECE = "application/offset+octet-stream"
PIECE_SCHEMA = {
    "type": "string",
    "format": "binary",
    "description": "Bytes of the photo from Upload-Offset on",
    "examples": ["..."],
}
AT_THE_DOOR = (AppTooOld, NotAHandset, TusVersion)
OF_AN_UPLOAD = (*AT_THE_DOOR, NoSuchUpload, UploadExpired, UploadBusy)
NOT_OFFERED = ("upload-concat", "upload-defer-length")

UploadId = Annotated[
    str, Path(pattern="^[0-9a-f]{64}$", description="The end of the upload's Location")
]
Length = Annotated[
    int, Header(alias="Upload-Length", ge=1, description="Bytes of the photo", examples=[204800])
]
Offset = Annotated[
    int, Header(alias="Upload-Offset", ge=0, description="Where the piece begins", examples=[0])
]
Metadata = Annotated[
    str,
    Header(
        alias="Upload-Metadata",
        max_length=4000,
        description="`sha256` (hexadecimal) and `filetype` (image/jpeg, image/png, image/webp), "
        "each with its value in Base64, between commas",
        examples=["sha256 OWY4NmQwODE4ODRjN2Q2NTlhMmZlYWEwYzU1YWQwMTVh,filetype aW1hZ2UvanBlZw=="],
    ),
]
Resumable = Annotated[
    str | None,
    Header(alias="Tus-Resumable", description="The version of tus", examples=[TUS]),
]


def says(*headers: str, status: int = 204) -> dict[int | str, dict[str, Any]]:
    """For an endpoint's `responses`: an answer that is all in its headers."""
    described = {name: {"schema": {"type": "string"}} for name in ("Tus-Resumable", *headers)}
    return {status: {"description": "Done; see the headers", "headers": described}}


async def desk_of(request: Request) -> Desk:
    """The desk of this process."""
    found: Desk = request.app.state.uploads
    return found


async def by_tus(carrier: AtTheDoor, tus_resumable: Resumable = None) -> Carrier:
    """A worker's handset that speaks tus."""
    if tus_resumable != TUS:
        raise TusVersion
    return carrier


AtTheDesk = Annotated[Desk, Depends(desk_of)]
ByTus = Annotated[Carrier, Depends(by_tus)]


def own(carrier: Carrier, upload: str) -> UploadKey:
    """The key of an upload of one's own, not expired; raises NoSuchUpload, UploadExpired."""
    key = UploadKey.parse(upload)
    if key.account_id != carrier.account_id:
        raise NoSuchUpload
    return key


def in_time(carrier: Carrier, key: UploadKey) -> None:
    """Raises UploadExpired for an upload that was left."""
    if key.expires_at < carrier.now:
        raise UploadExpired(expired_at=key.expires_at)


def answered(status: int, key: UploadKey, **more: str) -> Response:
    """An answer about an upload."""
    headers = {"Tus-Resumable": TUS, "Upload-Expires": format_datetime(key.expires_at, usegmt=True)}
    more = {name.replace("_", "-"): value for name, value in more.items()}
    return Response(status_code=status, headers={**headers, "Cache-Control": "no-store", **more})


@router.options(
    "/uploads",
    status_code=204,
    response_class=Response,
    responses={**refusals(AppTooOld, NotAHandset), **says("Tus-Version", "Tus-Extension")},
)
async def upload_options(desk: AtTheDesk, carrier: AtTheDoor) -> Response:
    """What of tus is spoken here: version, extensions, and the largest photo."""
    del carrier
    headers = {
        **SPEAKS,
        "Tus-Version": TUS,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(desk.max_bytes),
    }
    return Response(status_code=204, headers=headers)


@router.post(
    "/uploads",
    status_code=201,
    response_class=Response,
    responses={
        **refusals(*AT_THE_DOOR, MetadataMissing, TypeNotTaken, PhotoTooLarge, NotOffered),
        **says("Location", "Upload-Offset", "Upload-Expires", status=201),
    },
)
async def begin_upload(
    request: Request, desk: AtTheDesk, carrier: ByTus, length: Length, metadata: Metadata
) -> Response:
    """Announce a photo; its pieces go to the Location that is answered.

    An Upload-Offset in the answer says that the photo is known and nothing needs to be sent.
    """
    del metadata
    if any(name in request.headers for name in NOT_OFFERED) or await request.body():
        raise NotOffered
    await desk.pieces.room_for(carrier.account_id)
    key = UploadKey.new(carrier.account_id, carrier.now)
    await desk.ask(request, carrier, key)
    location = f"{request.scope.get('root_path', '')}{tus.PREFIX}/{key}"
    promise = await desk.pieces.standing(key)
    if not await desk.is_kept(promise.metadata["sha256"], length):
        return answered(201, key, Location=location)
    await desk.pieces.mark_kept(key)
    return answered(201, key, Location=location, Upload_Offset=str(length))


@router.head(
    "/uploads/{upload}",
    response_class=Response,
    responses={
        **refusals(*OF_AN_UPLOAD),
        **says("Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires", status=200),
    },
)
async def where_upload_stands(
    request: Request, desk: AtTheDesk, carrier: ByTus, upload: UploadId
) -> Response:
    """From where the upload goes on; at its length once the photo is kept."""
    key = own(carrier, upload)
    async with desk.pieces.held(key) as standing:
        in_time(carrier, key)
        said = await desk.ask(request, carrier, key)
    return answered(
        200,
        key,
        Upload_Offset=said["upload-offset"],
        Upload_Length=said["upload-length"],
        Upload_Metadata=",".join(
            f"{name} {b64encode(value.encode()).decode()}"
            for name, value in standing.metadata.items()
        ),
    )


@router.patch(
    "/uploads/{upload}",
    status_code=204,
    response_class=Response,
    responses={
        **refusals(
            *OF_AN_UPLOAD,
            NotAPiece,
            OffsetMismatch,
            BeyondLength,
            BadEncoding,
            WrongHash,
            Broken,
            TooManyPixels,
        ),
        **says("Upload-Offset", "Upload-Expires"),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {PIECE: {"schema": {"$ref": "#/components/schemas/PhotoPiece"}}},
        },
    },
)
async def send_piece(
    request: Request, desk: AtTheDesk, carrier: ByTus, upload: UploadId, offset: Offset
) -> Response:
    """Send a piece. The last one is answered when the photo is checked, stored and committed.

    A photo that is not what was announced is discarded with its upload: begin again.
    """
    del offset
    key = own(carrier, upload)
    if request.headers.get("content-type") != PIECE:
        raise NotAPiece
    async with desk.pieces.held(key):
        in_time(carrier, key)
        try:
            said = await desk.ask(request, carrier, key)
        except PhotoRefused:
            await desk.pieces.remove(key)
            raise
    return answered(204, key, Upload_Offset=said["upload-offset"])


@router.delete(
    "/uploads/{upload}",
    status_code=204,
    response_class=Response,
    responses={**refusals(*OF_AN_UPLOAD), **says()},
)
async def end_upload(
    request: Request, desk: AtTheDesk, carrier: ByTus, upload: UploadId
) -> Response:
    """Give an upload up; a photo that is kept already stays."""
    key = own(carrier, upload)
    async with desk.pieces.held(key):
        await desk.ask(request, carrier, key)
    return Response(status_code=204, headers=SPEAKS)
