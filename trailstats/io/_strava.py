"""The table of activities that stands in a Strava export: what it says about each file."""

from __future__ import annotations

import csv
import io
import posixpath
from dataclasses import dataclass, replace

import numpy as np

from trailstats.activity import Activity
from trailstats.io._build import number
from trailstats.io.gpx import sport_of

TABLE = "activities.csv"
MOST_BYTES = 64 << 20  # judgement: a table of 100,000 activities has about 40 MB


@dataclass(frozen=True)
class Told:
    """What an export says about one of its files: small and picklable."""

    name: str = ""
    kind: str = ""
    notes: str = ""
    gear: str = ""
    rpe: float = float("nan")
    race: bool = False

    def on(self, activity: Activity) -> Activity:
        """Return the activity with what the export says.

        Name, notes and gear are the export's, as its user wrote them; sport and exertion fill what the file
        lacks. What was marked as a competition has the workout "race" where the file names none.
        """
        meta = activity.meta
        sport, sub_sport = sport_of(self.kind)
        if meta.sport and meta.sport != sport:
            sub_sport = ""
        meta = replace(
            meta,
            name=self.name or meta.name,
            notes=self.notes or meta.notes,
            gear=self.gear or meta.gear,
            sport=meta.sport or sport,
            sub_sport=meta.sub_sport or sub_sport,
            rpe=self.rpe if np.isnan(meta.rpe) else meta.rpe,
            workout=meta.workout or ("race" if self.race else ""),
        )
        return replace(activity, meta=meta)


def read_table(content: bytes) -> dict[str, Told]:
    """Return what the table says, by the path of the file relative to it; empty when it is another table."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    out = {}
    try:
        header = next(rows, [])
        if "Filename" not in header:
            return {}
        columns = {name: header.index(name) for name in header}
        for row in rows:

            def cell(name: str, row: list[str] = row) -> str:
                at = columns.get(name, len(row))
                return row[at].strip() if at < len(row) else ""

            rpe = number(cell("Perceived Exertion"))
            if cell("Filename"):
                out[posixpath.normpath(cell("Filename"))] = Told(
                    name=cell("Activity Name"),
                    kind=cell("Activity Type"),
                    notes=cell("Activity Description"),
                    gear=cell("Activity Gear"),
                    rpe=rpe if 0 < rpe <= 10 else float("nan"),
                    race=number(cell("Competition")) > 0,
                )
    except csv.Error:
        # A cell beyond the reader's limit ends the table; what came before is sound.
        return out
    return out
