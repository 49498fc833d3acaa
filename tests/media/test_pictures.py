"""What is served of a photo: the picture, upright, and nothing that the camera wrote."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from app.media.pictures import FORMATS, LONGEST_SIDE, read
from app.media.refusals import Broken, TooManyPixels
from tests.media.photos import ASKED, Photo, encoded, photo, picture


def shown(taken: Photo) -> Image.Image:
    return Image.open(io.BytesIO(read(taken.content, taken.filetype).shown), formats=["JPEG"])


def test_nothing_of_the_camera_is_served() -> None:
    taken = photo((640, 480))
    for mark in (b"Exif\x00", b"Camera of a handset", b"a comment", b"2026:03:18"):
        assert mark in taken.content
    served = read(taken.content, taken.filetype)
    for mark in (b"Exif", b"Camera", b"comment", b"2026", b"http", b"ICC_PROFILE", b"GPS"):
        assert mark not in served.shown
    with Image.open(io.BytesIO(served.shown)) as seen:
        assert dict(seen.getexif()) == {}
        assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert served.taken == ASKED


@pytest.mark.parametrize("turned", range(1, 9))
def test_it_stands_upright(turned: int) -> None:
    upside = shown(photo((64, 48), turned=turned))
    assert upside.size == ((64, 48) if turned < 5 else (48, 64))
    corners = {
        1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1),
    }  # fmt: skip
    across, down = corners[turned]
    mark = (3 + across * (upside.width - 7), 3 + down * (upside.height - 7))
    assert min(upside.getpixel(mark)) > 180  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((LONGEST_SIDE, 10), (LONGEST_SIDE, 10)),
        ((LONGEST_SIDE + 2, 10), (LONGEST_SIDE, 10)),
        ((3000, 6000), (LONGEST_SIDE // 2, LONGEST_SIDE)),
        ((1, 1), (1, 1)),
    ],
)
def test_no_side_is_longer(size: tuple[int, int], expected: tuple[int, int]) -> None:
    taken = encoded(picture(size), "JPEG")
    assert shown(taken).size == expected
    found = read(taken.content, taken.filetype)
    assert (found.width, found.height) == size


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16"])
def test_pictures_of_every_mode(mode: str) -> None:
    base = picture().convert("L") if mode == "I;16" else picture()
    assert shown(encoded(base.convert(mode), "PNG")).mode == "RGB"


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert shown(encoded(clear, "PNG")).getpixel((4, 4)) == (255, 255, 255)


def test_ink_and_several_pictures_in_one() -> None:
    assert shown(encoded(picture().convert("CMYK"), "JPEG")).mode == "RGB"
    written = io.BytesIO()
    picture().save(written, "MPO", save_all=True, append_images=[picture(shade=90)])
    assert shown(Photo(written.getvalue())).size == (64, 48)
    moving = encoded(picture(), "WEBP", save_all=True, append_images=[picture(shade=90)])
    assert shown(moving).size == (64, 48)


@pytest.mark.parametrize(
    ("entries", "position"),
    [
        ({GPS.GPSLatitude: (91.0, 0.0, 0.0)}, None),
        ({GPS.GPSLatitude: (90.0, 0.0, 0.0)}, (104.5491, 90.0)),
        ({GPS.GPSLatitudeRef: "S"}, (104.5491, -30.4128)),
        ({GPS.GPSLongitudeRef: "W"}, (-104.5491, 30.4128)),
        ({GPS.GPSLongitude: (180.0, 0.0, 1.0)}, None),
        ({GPS.GPSLongitude: (1.0, 2.0)}, None),
        ({GPS.GPSLongitude: ()}, None),
    ],
)
def test_positions(entries: dict[int, object], position: tuple[float, float] | None) -> None:
    with Image.open(io.BytesIO(photo().content)) as before:
        exif = before.getexif()
        exif.get_ifd(IFD.GPSInfo).update(entries)
        changed = encoded(picture(), "JPEG", exif=exif)
    found = read(changed.content, changed.filetype).taken
    assert found is not None
    expected = position or (None, None)
    assert (found["lon"], found["lat"]) == expected
    assert found["at"] == ASKED["at"]


@pytest.mark.parametrize("written", ["0000:00:00 00:00:00", "yesterday", "", "2026:02:30 10:00:00"])
def test_times_that_are_none(written: str) -> None:
    exif = Image.Exif()
    exif[Base.DateTime] = written
    taken = encoded(picture(), "JPEG", exif=exif)
    assert read(taken.content, taken.filetype).taken is None


def test_too_many_pixels_by_the_header_alone() -> None:
    flat = encoded(Image.new("1", (50_001, 1000)), "PNG")
    with pytest.raises(TooManyPixels):
        read(flat.content[:60], "image/png")
    just = encoded(Image.new("L", (10_000, 5000)), "JPEG")
    assert read(just.content, "image/jpeg").width == 10_000


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_is_refused_or_harmless(data: st.DataObject) -> None:
    """Whatever is changed, the answer is a picture or a refusal, and what is served is clean."""
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))
    whole = photo() if kind == "JPEG" else encoded(picture(), kind)
    content = bytearray(whole.content)
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
        content[at] = data.draw(st.integers(0, 255))
    length = data.draw(st.integers(1, len(content)))
    try:
        served = read(bytes(content[:length]), whole.filetype).shown
    except (Broken, TooManyPixels):
        return
    assert b"Exif" not in served


@pytest.mark.parametrize("media_type", FORMATS)
def test_no_other_type_passes_for_it(media_type: str) -> None:
    other = encoded(picture(), "GIF")
    with pytest.raises(Broken):
        read(other.content, media_type)
