"""What `check` says of the files: what each holds, and what was found wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
from rich.text import Text

from trailstats.cli._console import Row, console_width, note, print_rows
from trailstats.cli._tables import sport_text
from trailstats.model.activity import Activity
from trailstats.report import text
from trailstats.report.map_hint import COVERED
from trailstats.report.units import METRIC, Units
from trailstats.schema.documents import plain
from trailstats.terrain import RoadMap


def checked(activity: Activity, town: RoadMap | None = None) -> dict[str, object]:
    """Return what `check` says of one activity, and how much of it a map covers."""
    meta = activity.meta
    return {
        "file": meta.source,
        "status": "ok",
        "format": meta.format,
        "sport": meta.sport,
        "sub_sport": meta.sub_sport,
        "start_time": plain(meta.start_time),
        "device": meta.device,
        "n_records": len(activity.records),
        "channels": [c for c in activity.records.columns if activity.has(c)],
        "extras": list(activity.extras.columns),
        "n_laps": len(activity.laps),
        "n_pauses": len(activity.pauses),
        "device_totals": {
            name: plain(value)
            for name, value in asdict(meta.device_totals).items()
        },
        "issues": [issue.to_dict() for issue in activity.issues],
        **(
            {}
            if town is None
            else {"map_coverage": plain(town.coverage(activity))}
        ),
    }


def print_checks(found: Sequence[dict[str, Any]], units: Units = METRIC) -> None:
    """Print what is in the files: a row for each activity, and for each file that can't be read."""
    if not found:
        return
    names = [str(item["file"]) for item in found]
    shared = _shared_folder(names)
    if shared:
        note(f"in {shared}")
    cells: list[Row] = []
    for item, name in zip(found, names, strict=True):
        short = name.removeprefix(shared)
        if item["status"] == "failed":
            reason = (
                str(item["error"]).split(": ", 1)[-1].removeprefix(f"{name}: ")
            )
            cells.append((short, Text("failed", "red"), reason))
        else:
            odd = units.measured_text("\n".join(_oddities(item)))
            cells.append((short, _contents(item, units), odd))
    print_rows(
        ("file", "what it holds", "what was found"),
        cells,
        first_width=max(console_width() // 4, 16),
    )


def _shared_folder(names: Sequence[str]) -> str:
    """Return the folder that all files lie in, with the slash at its end; empty where there is
    none.
    """
    folders = {name.rpartition("/")[0] for name in names}
    if len(names) < 2 or len(folders) > 1 or folders == {""}:
        return ""
    return f"{folders.pop()}/"


def _contents(item: dict[str, Any], units: Units) -> str:
    sport = sport_text(item["sport"], item["sub_sport"])
    # Latitude and longitude are one channel.
    channels: Iterable[str] = (
        "position" if name == "latitude" else name.replace("_", " ")
        for name in item["channels"]
        if name != "longitude"
    )
    begun = item["start_time"]
    start = text.date(pd.Timestamp(begun)) if begun else "no time"
    records = text.counted(item["n_records"], "record")
    held = (
        f"{item['format'].upper()}, {sport}, {start}, {records}: "
        f"{', '.join(channels)}"
    )
    counted = item["device_totals"]["ascent"]
    if counted is None:
        return held
    return f"{held}; the device counted {units.elevation(counted)} of ascent"


def _oddities(item: dict[str, Any]) -> list[str]:
    lines = [
        f"{issue['severity']}: {issue['message']}" for issue in item["issues"]
    ]
    covered = item.get("map_coverage")
    if covered == 0:
        lines.append("the map in use is of another region")
    elif covered is not None and covered < COVERED:
        lines.append(f"the map in use covers {text.percent(covered)} of it")
    if "no_comparison" in item:
        lines.append(f"not compared: {item['no_comparison']}")
    for row in item.get("differences", ()):
        largest = row["largest_difference"]
        by = "" if largest is None else f", by {largest:.6g} at most"
        lines.append(
            f"differs: {row['column']} in {row['rows']} samples{by} {row['note']}".rstrip()
        )
    if item.get("differences") == []:
        lines.append("a second reader agrees in every value")
    return lines or ["nothing odd"]
