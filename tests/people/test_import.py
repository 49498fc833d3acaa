"""A city's own files: judged as a whole, line by line, all of it or nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from openpyxl import Workbook
from shapely import Point
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.cli import cli
from app.db import schema
from app.db.engine import make_engine, make_sessions
from app.db.models import (
    Account,
    Assignment,
    Boundary,
    CalendarDay,
    Change,
    OutboxEvent,
    Posting,
    StaleDay,
    Station,
    Unit,
    Worker,
)
from app.people.city_refusals import AdministratorExists
from app.people.first_administrator import open_first
from app.people.importing.whole import Report, import_files
from app.people.passwords import verify_password
from app.rules.duty import Employment
from app.rules.geodesy import Position, distance_m
from app.settings import Settings

NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
TODAY = date(2026, 6, 15)
NAMES = ("workers.csv", "stations.csv", "boundaries.geojson", "units.csv")
CITY = "510185,简阳市,市\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the sample files, to be spoilt."""
    source = Path(__file__).with_name("import")
    return Path(copytree(source, tmp_path / "files"))


@pytest.fixture
def session(database: Settings) -> Iterator[Session]:
    """A transaction on the small city."""
    engine = make_engine(database)
    with make_sessions(engine)() as found:
        yield found
    engine.dispose()


def imported(session: Session, folder: Path, *names: str, keep: bool = True) -> Report:
    """Import some files of a folder."""
    return import_files(session, [folder / name for name in names or NAMES], NOW, keep=keep)


def replace(path: Path, old: str, new: str) -> None:
    """Spoil a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(report: Report) -> list[tuple[str, int, str, str]]:
    """Where the problems are and what they are."""
    return [(p.place.file, p.place.line, p.column, p.code) for p in report.problems]


def test_a_set_adds_to_the_city(session: Session, files: Path) -> None:
    report = imported(session, files)
    assert found(report) == []
    assert report.written == {"unit": 4, "boundary": 3, "station": 1, "worker": 4}
    first = session.scalars(select(Worker).where(Worker.phone == "19922220001")).one()
    posting = session.scalars(select(Posting).where(Posting.worker_id == first.id)).one()
    assert (posting.community_code, posting.employment) == ("510185003001", Employment.FULL_TIME)
    assert posting.valid.lower == date(2020, 1, 1)
    second = session.scalars(select(Worker).where(Worker.phone == "19922220002")).one()
    held = session.scalars(select(Assignment).where(Assignment.worker_id == second.id)).all()
    assert {(a.grid_code[-3:], a.first_responsible) for a in held} == {
        ("001", False),
        ("002", True),
    }
    told = session.scalars(select(Change.subject_id).where(Change.worker_id == second.id)).all()
    assert sorted(told) == ["510185003001001", "510185003001002"]
    event = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "city.imported")).one()
    assert event.facts["written"]["worker"] == 4


def test_days_that_can_be_put_right_are_marked(session: Session, files: Path) -> None:
    imported(session, files)
    first = session.scalars(select(Worker).where(Worker.phone == "19922220001")).one()
    days = set(session.scalars(select(StaleDay.day).where(StaleDay.worker_id == first.id)))
    assert days == {TODAY - timedelta(days=back) for back in range(32)}


def test_declared_coordinates_are_converted(session: Session, files: Path) -> None:
    imported(session, files)
    station = session.scalars(select(Station).where(Station.community_code == "510185003001")).one()
    assert isinstance(station.point, Point)
    shift = distance_m(Position(104.6041, 30.4322), Position(station.point.x, station.point.y))
    assert 300 < shift < 700
    assert station.name == "钟楼社区服务管理站"


def test_the_same_set_again_changes_nothing(session: Session, files: Path) -> None:
    imported(session, files)
    count = select(func.count()).select_from(Assignment)
    before = session.scalar(count)
    again = imported(session, files)
    assert (again.problems, again.written, again.unchanged) == ((), {}, 12)
    assert session.scalar(count) == before


def test_a_check_only_judges(session: Session, files: Path) -> None:
    report = imported(session, files, keep=False)
    assert report.written["unit"] == 4
    assert session.get(Unit, "510185003") is None


def test_one_wrong_line_and_nothing_is_written(session: Session, files: Path) -> None:
    replace(files / "workers.csv", "19922220002,1,,农村兼职,510185003001,510185003001002", "1992,9,,x,510185003001,12")  # fmt: skip  # noqa: E501
    report = imported(session, files)
    assert found(report) == [
        ("workers.csv", 3, "employment", "import.not_a_word"),
        ("workers.csv", 3, "grid_code", "import.not_a_code"),
        ("workers.csv", 3, "level", "import.not_a_word"),
        ("workers.csv", 3, "phone", "import.not_a_phone"),
    ]
    assert session.get(Unit, "510185003") is None
    assert all(problem.zh != problem.en for problem in report.problems)


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("units.csv", "510185003001,", "510185004001,", ("units.csv", 3, "code", "import.no_parent")),  # noqa: E501
        ("units.csv", "社区,社区", "社区,乡镇", ("units.csv", 3, "tier", "import.tier_differs")),
        ("units.csv", "001001,", "001000,", ("units.csv", 4, "code", "import.serial_zero")),
        ("units.csv", "编码,名称,层级", "编码,名称,颜色", ("units.csv", 1, "颜色", "import.unknown_column")),  # noqa: E501
        ("units.csv", "编码,名称,层级", "a,b,c", ("units.csv", 1, "", "import.unknown_kind")),
        ("units.csv", "钟楼社区,社区", "钟楼社区,社区,多", ("units.csv", 3, "", "import.too_many_cells")),  # noqa: E501
        ("workers.csv", "2020-01-01\n李秀英", "2017-08-31\n李秀英", ("workers.csv", 2, "from", "import.not_a_date")),  # noqa: E501
        ("workers.csv", "001001,否,2020-01-01\n陈", "001001,是,2020-01-01\n陈", ("workers.csv", 4, "", "city.first_responsible_taken")),  # noqa: E501
        ("workers.csv", "二级,志愿者", "二级,", ("workers.csv", 5, "", "city.category_by_level")),
        ("workers.csv", "陈志强,19922220003", "陈志强,19922220001", ("workers.csv", 5, "phone", "import.another_person")),  # noqa: E501
        ("workers.csv", "510185003001001,否,2020-01-01\n陈", "510185001001001,否,2026-05-20\n陈", ("workers.csv", 4, "", "city.grid_elsewhere")),  # noqa: E501
        ("boundaries.geojson", '"code": "510185003001002"', '"code": "510185003001009"', ("boundaries.geojson", 3, "code", "import.no_unit")),  # noqa: E501
        ("boundaries.geojson", '"type": "FeatureCollection"', '"type": ', ("boundaries.geojson", 0, "", "import.file_unreadable")),  # noqa: E501
    ],
)  # fmt: skip
def test_each_line_says_what_is_wrong(
    session: Session,
    files: Path,
    name: str,
    old: str,
    new: str,
    expected: tuple[str, int, str, str],
) -> None:
    replace(files / name, old, new)
    report = imported(session, files)
    assert expected in found(report)
    assert session.get(Unit, "510185003") is None


def test_spreadsheets_are_read_too(session: Session, files: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ["code", "name"],
        [510185003, "石钟镇"],
        [510185003001.0, "钟楼社区"],
        [None, None],
    ):
        sheet.append(line)
    book.save(files / "units.xlsx")
    assert found(imported(session, files, "units.xlsx")) == []
    assert session.get(Unit, "510185003001") is not None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.no_rows"),
        (b"code,name\n", "import.no_rows"),
        (b"\xff\xfe\x00\x01", "import.encoding"),
        (b"PK\x03\x04broken", "import.file_unreadable"),
        (b'{"type": "Feature"}', "import.not_geojson"),
        (b'{"features": [1, {"properties": {}, "geometry": {}}]}', "import.not_a_feature"),
        (b'code,name\n510185003,"a', "import.file_unreadable"),
        (b"\xef\xbb\xbfcode;name\n510185003;x\n12;y", "import.not_a_code"),
    ],
)
def test_what_is_no_such_file_is_said(
    session: Session, tmp_path: Path, content: bytes, code: str
) -> None:
    (tmp_path / "odd").write_bytes(content)
    assert code in [problem.code for problem in imported(session, tmp_path, "odd").problems]
    assert "import.file_unreadable" in [
        problem.code for problem in imported(session, tmp_path, "absent").problems
    ]


def redrawn(files: Path, feature: int, **changed: object) -> Path:
    """A file with one feature of the samples, its properties or its east side changed."""
    path = files / "boundaries.geojson"
    collection = json.loads(path.read_text())
    one = collection["features"][feature]
    east = changed.pop("east", None)
    one["properties"].update(changed)
    if east is not None:
        (ring,) = one["geometry"]["coordinates"]
        ring[1][0] = ring[2][0] = east
    path.write_text(json.dumps({**collection, "features": [one]}))
    return path


def test_a_set_of_boundaries_is_judged_as_a_whole(session: Session, files: Path) -> None:
    imported(session, files)
    wider = redrawn(files, 1, east=104.605, **{"from": "2026-07-01"})
    (refused,) = imported(session, files, wider.name).problems
    assert refused.code == "city.overlaps_neighbour"
    collection = json.loads(wider.read_text())
    west = [[104.605, 30.43], [104.608, 30.43], [104.608, 30.434], [104.605, 30.434]]
    narrower = {
        "type": "Feature",
        "properties": {"code": "510185003001002", "from": "2026-07-01"},
        "geometry": {"type": "Polygon", "coordinates": [[*west, west[0]]]},
    }
    collection["features"].append(narrower)
    wider.write_text(json.dumps(collection))
    assert imported(session, files, wider.name).written == {"boundary": 2}


@pytest.mark.parametrize(
    ("day", "code"), [("2026-06-14", "city.effective_in_the_past"), ("2026-06-15", None)]
)
def test_a_new_version_of_a_known_boundary_is_not_in_the_past(
    session: Session, files: Path, day: str, code: str | None
) -> None:
    imported(session, files)
    path = redrawn(files, 2, east=104.6079, **{"from": day})
    report = imported(session, files, path.name)
    assert [problem.code for problem in report.problems] == ([code] if code else [])
    assert report.written == ({} if code else {"boundary": 1})


def test_org_6_the_first_boundary_of_a_grid_that_is_held_is_judged_by(
    session: Session, files: Path
) -> None:
    imported(session, files)
    holder = session.scalars(
        select(Assignment.worker_id).where(
            Assignment.grid_code == "510185003001001", Assignment.first_responsible
        )
    ).one()
    session.execute(delete(Boundary).where(Boundary.unit_code == "510185003001001"))
    session.execute(delete(StaleDay))
    path = redrawn(files, 1, **{"from": "2026-06-13"})
    assert imported(session, files, path.name).written == {"boundary": 1}
    days = select(StaleDay.day).where(StaleDay.worker_id == holder).order_by(StaleDay.day)
    assert [day.day for day in session.scalars(days)] == [13, 14, 15]
    told = session.scalars(
        select(Change.subject_id).where(Change.worker_id == holder).order_by(Change.id.desc())
    ).first()
    assert told == "510185003001001"


def test_an_empty_database_gets_a_city_and_its_calendar(
    server: Settings, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = files / "units.csv"
    replace(units, "编码,名称,层级\n", "编码,名称,层级\n" + CITY)
    with schema.scratch_database(server, "test_import") as fresh:
        schema.upgrade(fresh)
        monkeypatch.setenv("DATABASE_URL", fresh.database_url)
        paths = [str(files / name) for name in NAMES]
        checked = CliRunner().invoke(cli, ["import", "--check", *paths])
        assert (checked.exit_code, "would be written" in checked.output) == (0, True)
        done = CliRunner().invoke(cli, ["import", *paths])
        assert done.exit_code == 0, done.output
        replace(units, "510185,简阳市", "510186,另一市")
        refused = CliRunner().invoke(cli, ["import", str(units)])
        assert refused.exit_code == 1
        assert "units.csv" in refused.output
        engine = make_engine(fresh)
        with make_sessions(engine)() as session:
            assert session.scalar(select(func.count()).select_from(Boundary)) == 3
            assert session.scalar(select(func.max(CalendarDay.day))) == date(2026, 12, 31)
        engine.dispose()


def test_the_first_administrator_is_opened_once(session: Session) -> None:
    with pytest.raises(AdministratorExists):
        open_first(session, "19933330001", "首任管理员", NOW)
    session.execute(update(Account).values(disabled_at=NOW))
    password = open_first(session, "19933330001", "首任管理员", NOW)
    account = session.scalars(select(Account).where(Account.phone == "19933330001")).one()
    assert (account.roles, account.unit_code) == (["system_administrator"], "510185")
    assert account.must_change_password
    assert verify_password(account.password_hash, password)
