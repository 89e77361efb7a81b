"""What stands beside the files of an export and tells what they are: Strava's and Runkeeper's
tables, Runtastic's sessions, Apple Health's list of workouts, running_page's database, Endurain's
list of activities, the names of FitTrackee's files.
"""

from __future__ import annotations

import csv
import io
import json
import posixpath
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, replace
from typing import IO

import numpy as np

from trailstats.errors import ReadError
from trailstats.io._build import number
from trailstats.io._sports import is_known_sport, numbered_sport, sport_of
from trailstats.model.activity import Activity

STRAVA, RUNKEEPER = "activities.csv", "cardioActivities.csv"
TABLES = (STRAVA, RUNKEEPER)
"""Names of the tables that stand in the folder of the files that they name, or above it."""
ROUTES, SESSIONS = "workout-routes", "GPS-data"
"""Folders of Apple's and Runtastic's tracks."""
KEPT, DATABASE = ("GPX_OUT", "TCX_OUT", "FIT_OUT"), "data.db"
"""Folders of running_page's tracks, each called by the number of its run, and the file that knows
of these; it lies in the folder above or in its ``run_page``.
"""
NUMBERED, LIST = "activity_files", "activities.json"
"""The folder of Endurain's files in its export, each called by the number of its activity, and the
list of these, which lies in the folder ``data`` beside it.
"""
MOST_BYTES = 64 << 20  # our choice: a table of 100,000 activities has about 40 MB
MOST_OF_SESSION = 1 << 20  # our choice: a session of Runtastic has about 2 kB
_BLOCK = 1 << 20  # bytes of a list of workouts at a time

Opener = Callable[[str], AbstractContextManager[IO[bytes]]]
"""Opens a file of a folder or an archive by its path; all that it raises is an OSError or a
ReadError.
"""


_UPLOAD = re.compile(
    r"(?:^|/)\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_(\d{1,2})_[\w-]{11}\.[a-z]{3}$"
)
"""How FitTrackee calls its files: day, time, number of the sport, chance."""

_FILE = re.compile(r"activities/[^/]+\.(?:fit|gpx|tcx)(?:\.gz)?$")


_HEADINGS = {
    "file": ("filename", "gpx file"),
    "name": ("name", "route name"),
    "kind": ("type",),
    "notes": ("description", "notes"),
    "gear": ("gear",),
    "rpe": ("perceived exertion",),
    "race": ("competition",),
}


@dataclass(frozen=True)
class ExportEntry:
    """What an export says about one of its files: small and picklable."""

    name: str = ""
    kind: str = ""
    notes: str = ""
    gear: str = ""
    rpe: float = float("nan")
    race: bool = False

    def added_to(self, activity: Activity) -> Activity:
        """Return the activity with what the export says.

        Name, notes, gear and sport are the export's, as its user wrote and corrected them; exertion
        fills what the file lacks. What was marked as a competition has the workout "race" where the
        file names none.
        """
        meta = activity.meta
        sport, sub_sport = (
            sport_of(self.kind) if is_known_sport(self.kind) else ("", "")
        )
        if sport in ("", meta.sport):
            sport, sub_sport = meta.sport, sub_sport or meta.sub_sport
        meta = replace(
            meta,
            name=self.name or meta.name,
            notes=self.notes or meta.notes,
            gear=self.gear or meta.gear,
            sport=sport,
            sub_sport=sub_sport,
            rpe=self.rpe if np.isnan(meta.rpe) else meta.rpe,
            workout=meta.workout or ("race" if self.race else ""),
        )
        return replace(activity, meta=meta)


def entries_of(
    paths: Collection[str], beside: Mapping[str, Collection[str]], opened: Opener
) -> dict[str, ExportEntry]:
    """Return what an export says about its files, by `key_of` their paths.

    Parameters
    ----------
    paths : collection of str
        Of the recordings, with slashes.
    beside : mapping of str to collection of str
        The names of other files, by their folder.
    opened : callable
        Opens one of these by its path; what can't be read is left out.
    """
    out: dict[str, ExportEntry] = {}
    folders = {posixpath.dirname(path) for path in paths}
    for folder in sorted(folders | {posixpath.dirname(f) for f in folders}):
        for name in set(TABLES) & set(beside.get(folder, ())):
            content = _content(posixpath.join(folder, name), opened, MOST_BYTES)
            out |= read_table(content, folder)
    for folder in sorted(folders):
        above, own = posixpath.split(folder)
        if own == ROUTES:
            for name in sorted(beside.get(above, ())):
                if name.lower().endswith(".xml"):
                    out |= _workouts(posixpath.join(above, name), opened)
    for folder, place, name in _lists_of_numbers(folders):
        if name in beside.get(place, ()):
            path = posixpath.join(place, name)
            read = read_runs if name == DATABASE else read_activities
            known_runs = read(_content(path, opened, MOST_BYTES))
            out |= _by_number(known_runs, folder, paths)
    for path in paths:
        found = _UPLOAD.search(path)
        kind = found and numbered_sport("fittrackee", found[1])
        if kind:
            out.setdefault(key_of(path), ExportEntry(kind=kind))
    known = {
        folder: set(beside.get(posixpath.dirname(folder), ()))
        for folder in folders
        if posixpath.basename(folder) == SESSIONS
    }
    for path in paths:
        folder, name = posixpath.split(path)
        session = posixpath.splitext(key_of(name))[0] + ".json"
        if session in known.get(folder, ()):
            place = posixpath.join(posixpath.dirname(folder), session)
            content = _content(place, opened, MOST_OF_SESSION)
            out[key_of(path)] = _session(content)
    return out


def _lists_of_numbers(
    folders: Collection[str],
) -> Iterator[tuple[str, str, str]]:
    """Yield each folder of files that are called by numbers, with the folder and the name of the
    list of these that may be there.
    """
    for folder in sorted(folders):
        above, own = posixpath.split(folder)
        if own in KEPT:
            yield folder, above, DATABASE
            yield folder, posixpath.join(above, "run_page"), DATABASE
        elif own == NUMBERED:
            yield folder, posixpath.join(above, "data"), LIST


def folders_beside(paths: Collection[str]) -> set[str]:
    """Return the folders of some recordings, and those in which an export may tell of them."""
    folders = {posixpath.dirname(path) for path in paths}
    listed = {place for _, place, _ in _lists_of_numbers(folders)}
    return folders | {posixpath.dirname(folder) for folder in folders} | listed


def read_activities(content: bytes) -> dict[str, ExportEntry]:
    """Return what Endurain's list says of its activities, by their numbers; nothing where it is
    another one.
    """
    try:
        listed = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    rows = (
        [row for row in listed if isinstance(row, dict)]
        if isinstance(listed, list)
        else []
    )
    return {
        str(row.get("id")): ExportEntry(
            name=_text(row.get("name")),
            kind=numbered_sport("endurain", str(row.get("activity_type"))),
            notes=_text(row.get("description")),
        )
        for row in rows
    }


def read_runs(content: bytes) -> dict[str, ExportEntry]:
    """Return what running_page's SQLite database says of its runs, by their numbers; nothing where
    it is another one.
    """
    if not content.startswith(b"SQLite format 3\0"):
        return {}
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(content)
            # A stranger's file: nothing that it defines may run, and no question takes long.
            database.execute("pragma trusted_schema = off")
            database.set_progress_handler(lambda: 1, MOST_STEPS)
            found = database.execute(
                "select run_id, name, type from activities where typeof(run_id) = 'integer'"
            )
            rows = found.fetchmany(MOST_RUNS)
    except (sqlite3.Error, OverflowError):
        return {}
    return {
        str(number): ExportEntry(name=_text(name), kind=_text(kind))
        for number, name, kind in rows
    }


MOST_STEPS, MOST_RUNS = (
    50_000_000,
    200_000,
)  # our choice: some seconds; a run a day is 365 a year


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _by_number(
    runs: Mapping[str, ExportEntry], folder: str, paths: Collection[str]
) -> dict[str, ExportEntry]:
    """Return the entries of those files of a folder that are called by a number."""
    out = {}
    for path in paths:
        place, name = posixpath.split(path)
        number = posixpath.splitext(key_of(name))[0]
        if place == folder and number in runs:
            out[key_of(path)] = runs[number]
    return out


def key_of(path: str) -> str:
    """Return the path by which an export's entry is found, whether its file was packed or not."""
    return path[:-3] if path.lower().endswith(".gz") else path


def _content(path: str, opened: Opener, most: int) -> bytes:
    """Return the beginning of a file, nothing where it can't be opened."""
    with suppress(OSError, ReadError), opened(path) as stream:
        return stream.read(most)
    return b""


def _session(content: bytes) -> ExportEntry:
    """Return what a session of Runtastic says."""
    try:
        session = json.loads(content)
    except (ValueError, RecursionError):
        return ExportEntry()
    if not isinstance(session, dict):
        return ExportEntry()
    sport = session.get("sport_type_id")
    if isinstance(session.get("sport_type"), dict):
        sport = sport or session["sport_type"].get("id")
    notes = session.get("notes")
    return ExportEntry(
        kind=numbered_sport("runtastic", str(sport)),
        notes=notes if isinstance(notes, str) else "",
    )


_TAG = re.compile(
    rb"<Workout\b[^<>]{0,4096}?\bworkoutActivityType=[\"']([^\"'<>]{1,128})[\"']"
    rb"|<FileReference\b[^<>]{0,1024}?\bpath=[\"']([^\"'<>]{1,1024})[\"']"
    rb"|</Workout>"
)
_LONGEST_TAG = 1 << 13


def _workouts(path: str, opened: Opener) -> dict[str, ExportEntry]:
    """Return what Apple Health's list says about the tracks of workouts.

    The list holds every heart beat of years, so it is looked through in blocks for the tags that
    matter.
    """
    folder = posixpath.dirname(path)
    out: dict[str, ExportEntry] = {}
    kind, held = "", b""
    with suppress(OSError, ReadError), opened(path) as stream:
        while block := stream.read(_BLOCK):
            held += block
            last = 0
            for found in _TAG.finditer(held):
                last = found.end()
                if found[1]:
                    kind = found[1].decode(errors="replace")
                elif found[2] and kind:
                    track = found[2].decode(errors="replace").lstrip("/")
                    place = posixpath.normpath(posixpath.join(folder, track))
                    out[key_of(place)] = ExportEntry(kind=kind)
                elif not found[2]:
                    kind = ""
            held = held[max(last, len(held) - _LONGEST_TAG) :]
    return out


def read_table(content: bytes, folder: str) -> dict[str, ExportEntry]:
    """Return what the table in a folder says, by `key_of` the path of the file; empty when it is
    another table.
    """
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    out: dict[str, ExportEntry] = {}
    columns: dict[str, int] = {}
    try:
        header = next(rows, [])
        columns = _columns_by_name(header)
        for row in rows:
            columns = columns or _columns_by_position(row)
            cells = {
                name: row[at].strip()
                for name, at in columns.items()
                if at < len(row)
            }
            if file := cells.pop("file", ""):
                place = posixpath.join(folder, posixpath.normpath(file))
                out[key_of(place)] = _entry(cells)
    except csv.Error:
        # A cell beyond the reader's limit ends the table; what came before is sound.
        return out
    return out


def _entry(cells: dict[str, str]) -> ExportEntry:
    """Return what a row of a table says."""
    rpe, race = number(cells.pop("rpe", None)), cells.pop("race", "")
    return ExportEntry(
        rpe=rpe if 0 < rpe <= 10 else float("nan"),
        race=race.lower() == "true" or number(race) > 0,
        **cells,
    )


def _columns_by_name(header: list[str]) -> dict[str, int]:
    """Return the places of the columns by their English names: Strava's of now and of before
    2019, Runkeeper's; empty without a file's.
    """
    names = [text.strip().lower().removeprefix("activity ") for text in header]
    if not set(_HEADINGS["file"]) & set(names):
        return {}
    return {
        key: names.index(name)
        for key, known in _HEADINGS.items()
        for name in known
        if name in names
    }


def _columns_by_position(row: list[str]) -> dict[str, int]:
    """Return the places of the columns in a table with names in another language; empty when it is
    none.
    """
    at = next((i for i, text in enumerate(row) if _FILE.match(text)), 0)
    if at < 6:
        return {}
    exertion = {"rpe": 43} if at == 12 else {}
    return {
        "file": at,
        "name": 2,
        "kind": 3,
        "notes": 4,
        "gear": at - 1,
    } | exertion
