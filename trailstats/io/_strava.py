"""The table of activities that stands in a Strava export: what it says about each file."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from dataclasses import dataclass, replace

import numpy as np

from trailstats.io._build import number
from trailstats.io._sports import sport_of
from trailstats.model.activity import Activity

TABLE = "activities.csv"
MOST_BYTES = 64 << 20  # our choice: a table of 100,000 activities has about 40 MB


_FILE = re.compile(r"activities/[^/]+\.(?:fit|gpx|tcx)(?:\.gz)?$")


_HEADINGS = {
    "file": "filename",
    "name": "name",
    "kind": "type",
    "notes": "description",
    "gear": "gear",
    "rpe": "perceived exertion",
    "race": "competition",
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

        Name, notes and gear are the export's, as its user wrote them; sport and exertion fill what
        the file lacks. What was marked as a competition has the workout "race" where the file names
        none.
        """
        meta = activity.meta
        sport, sub_sport = sport_of(self.kind)
        known = "" if meta.sport == "generic" else meta.sport
        if known and known != sport:
            sub_sport = ""
        meta = replace(
            meta,
            name=self.name or meta.name,
            notes=self.notes or meta.notes,
            gear=self.gear or meta.gear,
            sport=known or sport or meta.sport,
            sub_sport=meta.sub_sport or sub_sport,
            rpe=self.rpe if np.isnan(meta.rpe) else meta.rpe,
            workout=meta.workout or ("race" if self.race else ""),
        )
        return replace(activity, meta=meta)


def read_table(content: bytes, folder: str) -> dict[str, ExportEntry]:
    """Return what the table in a folder says, by the path of the file; empty when it is another
    table.
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
                rpe, race = number(cells.pop("rpe", None)), cells.pop("race", "")
                out[posixpath.join(folder, posixpath.normpath(file))] = (
                    ExportEntry(
                        rpe=rpe if 0 < rpe <= 10 else float("nan"),
                        race=race.lower() == "true" or number(race) > 0,
                        **cells,
                    )
                )
    except csv.Error:
        # A cell beyond the reader's limit ends the table; what came before is sound.
        return out
    return out


def _columns_by_name(header: list[str]) -> dict[str, int]:
    """Return the places of the columns by their English names, of now and of before 2019; empty
    without a file's.
    """
    names = [text.strip().lower().removeprefix("activity ") for text in header]
    if "filename" not in names:
        return {}
    return {
        key: names.index(name) for key, name in _HEADINGS.items() if name in names
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
