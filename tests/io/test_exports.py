"""Exports tell beside their tracks what these are: tables, sessions, a list of workouts."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import trailstats as ts

Files = dict[str, bytes]


def as_folder(files: Files, place: Path) -> Path:
    """Write the files of an export as a folder."""
    for name, content in files.items():
        path = place / "export" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return place / "export"


def as_zip(files: Files, place: Path) -> Path:
    """Write the files of an export as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    path = place / "export.zip"
    path.write_bytes(out.getvalue())
    return path


WRITERS = pytest.mark.parametrize("write", [as_folder, as_zip])
Writer = Callable[[Files, Path], Path]


def sports(place: Path) -> dict[str, tuple[str, str, str]]:
    """Return sport, sub-sport and name of each activity, by the end of its source."""
    found = {}
    for activity in ts.iter_activities(place):
        assert isinstance(activity, ts.Activity)
        meta = activity.meta
        name = Path(meta.source).name.split(".gpx")[0]
        found[name] = (meta.sport, meta.sub_sport, meta.name)
    return found


@pytest.fixture
def track(make_gpx) -> bytes:
    """Return a track that doesn't say what it is."""
    return make_gpx(60, kind="", name="").encode()


WORKOUT = (
    '<Workout workoutActivityType="HKWorkoutActivityType{kind}" duration="20">\n'
    '<MetadataEntry key="a" value="b"/><WorkoutRoute sourceName="Watch">'
    '<FileReference path="/workout-routes/{route}.gpx"/></WorkoutRoute></Workout>\n'
)


@WRITERS
@pytest.mark.parametrize("list_name", ["export.xml", "Exportação.xml"])
def test_apple_health(
    write: Writer, list_name: str, track: bytes, tmp_path: Path
) -> None:
    """Types stand in a list that holds every beat of years; it lies across its blocks."""
    beat = b'<Record type="HKQuantityTypeIdentifierHeartRate" value="145"/>\n'
    kinds = {"a": "Running", "b": "Walking", "c": "Cycling", "d": "Yoga"}
    workouts = [
        WORKOUT.format(kind=kind, route=route).encode() + 40_000 * beat
        for route, kind in kinds.items()
    ]
    content = (
        b"<HealthData>" + 7_000 * beat + b"".join(workouts) + b"</HealthData>"
    )
    files = {f"apple/workout-routes/{route}.gpx": track for route in kinds}
    found = sports(write(files | {f"apple/{list_name}": content}, tmp_path))
    expected = {"a": "running", "b": "walking", "c": "cycling", "d": "yoga"}
    assert {name: sport for name, (sport, _, _) in found.items()} == expected


@WRITERS
def test_runkeeper(write: Writer, track: bytes, tmp_path: Path) -> None:
    """The table stands beside the tracks."""
    table = (
        "Activity Id,Date,Type,Route Name,Distance (km),Duration,Notes,GPX File\n"
        "1,2026-03-01 08:00:00,Running,,5.0,30:00,Easy,2026-03-01-080000.gpx\n"
        "2,2026-03-02 08:00:00,Walking,River,5.0,60:00,,2026-03-02-080000.gpx\n"
        "3,2026-03-03 08:00:00,Cycling,,20.0,60:00,,2026-03-03-080000.gpx\n"
    )
    files = {f"2026-03-0{day}-080000.gpx": track for day in (1, 2, 3)}
    found = sports(
        write(files | {"cardioActivities.csv": table.encode()}, tmp_path)
    )
    assert [sport for sport, _, _ in found.values()] == [
        "running",
        "walking",
        "cycling",
    ]
    assert found["2026-03-02-080000"][2] == "River"


@WRITERS
def test_runtastic(write: Writer, track: bytes, tmp_path: Path) -> None:
    """Each session is a file of its own; one that can't be read says nothing."""
    kinds = {"1": "running", "14": "running", "7": "hiking", "3": "cycling"}
    files = {}
    for number in kinds:
        session = json.dumps({"id": number, "sport_type_id": number}).encode()
        files[f"Sport-sessions/{number}.json"] = session
        files[f"Sport-sessions/GPS-data/{number}.gpx"] = track
    files["Sport-sessions/broken.json"] = b"{"
    files["Sport-sessions/GPS-data/broken.gpx"] = track
    found = sports(write(files, tmp_path))
    assert {n: found[n][0] for n in kinds} == kinds
    assert found["14"][1] == "treadmill"
    assert found["broken"][0] == ""


@WRITERS
def test_strava_packed_or_unpacked(
    write: Writer, make_gpx, tmp_path: Path
) -> None:
    """Files that were packed or unpacked since are those that the table names, and what the runner
    corrected there counts.
    """
    table = (
        "Activity ID,Activity Date,Activity Name,Activity Type,Activity Gear,Filename\n"
        "1,1 Mar 2026,Evening jog,Run,Blue shoes,activities/1.gpx.gz\n"
        "2,2 Mar 2026,Long run,Run,Blue shoes,activities/2.gpx\n"
        "3,3 Mar 2026,By train,Ride,,activities/3.gpx\n"
        "4,4 Mar 2026,Woods,Trail Run,,activities/4.gpx\n"
        "5,5 Mar 2026,Odd,Zumba,,activities/5.gpx\n"
    )
    plain = make_gpx(60, kind="running").encode()
    files = {
        "activities.csv": table.encode(),
        "activities/1.gpx": plain,
        "activities/2.gpx.gz": gzip.compress(plain),
        "activities/3.gpx": plain,
        "activities/4.gpx": plain,
        "activities/5.gpx": plain,
    }
    found = sports(write(files, tmp_path))
    assert found == {
        "1": ("running", "", "Evening jog"),
        "2": ("running", "", "Long run"),
        "3": ("cycling", "", "By train"),
        "4": ("running", "trail", "Woods"),
        "5": ("running", "", "Odd"),
    }
    gears = (
        {a.meta.gear for a in ts.iter_activities(tmp_path / "export")}
        if (write is as_folder)
        else {"", "Blue shoes"}
    )
    assert gears == {"", "Blue shoes"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<HealthData>" + b"<Workout " * 100_000,
        b"\xff" * 1000,
    ],
)
def test_a_list_of_nonsense_tells_nothing(
    content: bytes, track: bytes, tmp_path: Path
) -> None:
    """The tracks are still there."""
    files = {"workout-routes/a.gpx": track, "export.xml": content}
    for write in (as_folder, as_zip):
        assert sports(write(files, tmp_path))["a"][0] == ""


def test_reported_exports(cases: Path) -> None:
    """Modelled on public reports: a run, a walk and a ride of Apple's; a Strava folder."""
    history = ts.analyze_folder(cases / "apple_export.zip", workers=1)
    assert len(history.activities) == 3
    assert history.runs["distance"].tolist() == pytest.approx([3600], rel=0.01)
    found = ts.iter_activities(cases / "strava_gunzipped")
    assert {a.meta.name for a in found} == {"Evening jog", "Long run"}


def running_page(rows: str, table: str = "table activities") -> bytes:
    """Return a database as running_page makes it, with some rows."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(
            f"create {table} (run_id integer not null primary key, name varchar, "
            "distance float, moving_time datetime, elapsed_time datetime, type varchar, "
            "subtype varchar, start_date varchar, start_date_local varchar, "
            "location_country varchar, summary_polyline varchar, average_heartrate float, "
            "average_speed float, elevation_gain float);"
            f"insert into activities (run_id, name, type) values {rows};"
        )
        return made.serialize()


@WRITERS
@pytest.mark.parametrize("place", ["run_page/data.db", "data.db"])
def test_running_page(
    write: Writer, place: str, track: bytes, tmp_path: Path
) -> None:
    """Its database knows names and types of the tracks that lie in its folders by number."""
    rows = "(11, 'Morning', 'Run'), (12, 'Up', 'Hike'), (99, 'no file', 'Run')"
    files = {
        "GPX_OUT/11.gpx": track,
        "GPX_OUT/12.gpx": track,
        "GPX_OUT/other.gpx": track,
        place: running_page(rows),
    }
    found = sports(write(files, tmp_path))
    assert found["11"] == ("running", "", "Morning")
    assert found["12"][0] == "hiking"
    assert found["other"] == ("", "", "Day")


@pytest.mark.parametrize(
    "content",
    [
        b"SQLite format 3\0" + bytes(5000),
        b"no database",
        running_page("(11, 'x', 'Run')")[:3000],
        running_page("(11, x'ff00', 7)"),
    ],
    ids=["zeros", "text", "cut off", "other kinds"],
)
def test_another_database_says_nothing(
    content: bytes, track: bytes, tmp_path: Path
) -> None:
    """It is left out, and the track is read."""
    files = {"GPX_OUT/11.gpx": track, "data.db": content}
    assert sports(as_folder(files, tmp_path)) == {"11": ("", "", "Day")}


def test_a_database_that_never_ends_is_given_up(
    track: bytes, tmp_path: Path
) -> None:
    """One whose table is a question without end."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(
            "create view activities as with recursive n(run_id) as (select 1 union all "
            "select run_id + 1 from n) select run_id, 'x' as name, 'Run' as type from n "
            "where run_id < 0;"
        )
        content = made.serialize()
    files = {"GPX_OUT/11.gpx": track, "data.db": content}
    assert sports(as_folder(files, tmp_path)) == {"11": ("", "", "Day")}


@WRITERS
def test_fittrackee(write: Writer, track: bytes, tmp_path: Path) -> None:
    """The sport is a number in the name of a file: of the first six sports, and of those that came
    later in the order of its releases; any other name says nothing.
    """
    kinds = {3: "hiking", 5: "running", 6: "walking", 8: "running", 11: "rowing"}
    names = {
        n: f"workouts/2/2026-03-01_08-00-00_{n}_Zx8-_{n:02d}wQ1k" for n in kinds
    }
    names |= {99: "workouts/2/2026-03-01_08-00-00_99_Zx8-_99wQ1k", 0: "5_run"}
    found = sports(write({f"{n}.gpx": track for n in names.values()}, tmp_path))
    by_number = {n: found[Path(name).name] for n, name in names.items()}
    assert {n: by_number[n][0] for n in kinds} == kinds
    assert by_number[8][1] == "trail"
    assert by_number[99][0] == by_number[0][0] == ""


ENDURAIN = [
    {
        "id": 12,
        "name": "Up",
        "activity_type": 12,
        "description": "steep",
        "distance": 1,
    },
    {"id": 13, "name": None, "activity_type": 2, "description": None},
    {"id": 14, "activity_type": 10},
    "odd",
]


@WRITERS
@pytest.mark.parametrize("listed", [json.dumps(ENDURAIN), "{", "3", "[[[["])
def test_endurain(
    write: Writer, listed: str, track: bytes, tmp_path: Path
) -> None:
    """Its export lists the activities, each of whose files is called by its number."""
    files = {f"activity_files/{n}.gpx": track for n in (12, 13, 14)}
    files |= {"data/activities.json": listed.encode(), "data/user.json": b"[]"}
    found = sports(write(files, tmp_path))
    if listed.startswith("[{"):
        assert found["12"] == ("hiking", "", "Up")
        assert found["13"][:2] == ("running", "trail")
    else:
        assert found["12"][0] == found["13"][0] == ""
    assert found["14"][0] == ""


@WRITERS
@pytest.mark.parametrize(
    ("layout", "others"),
    [
        (
            "uploads/workouts/1/2026-03-01_08-00-00_5_hV3x_-9aZ0q.gpx",
            (
                "uploads/workouts/1/2026-03-01_08-00-00_5_hV3x_-9aZ0q.png",
                "uploads/pictures/1.jpg",
            ),
        ),
        (
            "data/activity_files/processed/12.gpx",
            ("data/activity_files/thumbnails/12.png", "data/user_images/1.jpg"),
        ),
        (
            "GPSLogger/20260301.gpx",
            ("GPSLogger/20260301.csv", "GPSLogger/log.txt"),
        ),
        ("OpenTracks/2026-03-01_run.gpx", ("OpenTracks/note.md",)),
    ],
    ids=["FitTrackee", "Endurain", "GPSLogger", "OpenTracks"],
)
def test_folders_of_other_apps(
    write: Writer,
    layout: str,
    others: tuple[str, ...],
    track: bytes,
    tmp_path: Path,
) -> None:
    """Their tracks are found, and what lies beside is none."""
    files = {layout: track} | dict.fromkeys(others, b"\x89PNG or text")
    found = list(ts.iter_activities(write(files, tmp_path)))
    assert len(found) == 1
    assert isinstance(found[0], ts.Activity)
