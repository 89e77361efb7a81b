"""The rows that the living page lists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pandas as pd

from trailstats.analysis import run_surface
from trailstats.history import History
from trailstats.history._rows import failure_row
from trailstats.io.containers import Failure
from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.units import Units


def early_row(
    item: Analysis | Failure, folder: Path, units: Units
) -> dict[str, object]:
    """Return the row of a recording that has just been measured.

    Parameters
    ----------
    item : Analysis or Failure
    folder : Path
        File names are given from there.
    units : Units

    Returns
    -------
    dict of str to object
        ``file``, ``failed``, ``name``, ``date``, ``sport``, ``intent``, ``ground``, ``distance``,
        ``time``, ``ascent``, ``label``, ``meant`` and ``note``, as a person reads them.
    """
    if isinstance(item, Failure):
        return _row(failure_row(item), folder, units)
    # What depends on the other recordings isn't known yet.
    meta, totals = item.meta, item.totals
    facts = {
        "file": meta.source,
        "status": "ok",
        "name": meta.name,
        "sport": meta.sport,
        "start_time": meta.start_time,
        "local_offset": meta.local_offset,
        "surface": run_surface(item),
        "distance": totals.distance,
        "moving_time": totals.moving_time,
        "ascent": totals.ascent,
    }
    return _row(facts, folder, units)


def rows_of(
    history: History,
    folder: Path,
    units: Units,
    labels: Mapping[str, str],
    intents: Mapping[str, str],
) -> list[dict[str, object]]:
    """Return the rows of all recordings, the latest first; those that failed stand on top.

    Parameters
    ----------
    history : History
    folder : Path
    units : Units
    labels : mapping of str to str
        What the runner called the ground of whole recordings, by file.
    intents : mapping of str to str
        What the runner says that recordings were meant to be, by file.

    Returns
    -------
    list of dict
        As `early_row` has them.
    """
    facts = history.activities.to_dict("records")
    rows = [
        _row({str(k): v for k, v in one.items()}, folder, units)
        | _said(name_in(folder, str(one["file"])), labels, intents)
        for one in reversed(facts)
    ]
    return sorted(rows, key=lambda row: not row["failed"])


def _row(
    facts: Mapping[str, object],
    folder: Path,
    units: Units,
) -> dict[str, object]:
    source = str(facts["file"])
    file = name_in(folder, source)
    failed = facts["status"] == "failed"
    number = {
        name: _number(facts.get(name))
        for name in ("distance", "moving_time", "ascent", "local_offset")
    }
    twin = str(facts.get("duplicate_of") or "")
    note = str(facts.get("error") or "")
    if twin:
        note = f"the same run as {name_in(folder, twin)}"
    start = cast("pd.Timestamp | None", facts.get("start_time"))
    return {
        "file": file,
        "failed": failed,
        "name": str(facts.get("name") or ""),
        "date": "" if failed else text.date(start, number["local_offset"]),
        "sport": "" if failed else text.sport_name(str(facts.get("sport") or "")),
        "intent": str(facts.get("intent") or ""),
        "ground": str(facts.get("surface") or ""),
        "distance": units.distance(number["distance"]),
        "time": text.duration(number["moving_time"]),
        "ascent": units.elevation(number["ascent"]),
        "label": "",
        "meant": "",
        "note": note,
    }


def _said(
    file: str, labels: Mapping[str, str], intents: Mapping[str, str]
) -> dict[str, object]:
    return {"label": labels.get(file, ""), "meant": intents.get(file, "")}


def name_in(folder: Path, source: str) -> str:
    """Return a source as it is called within the folder."""
    prefix = f"{folder.as_posix().rstrip('/')}/"
    return source.replace("\\", "/").removeprefix(prefix)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
