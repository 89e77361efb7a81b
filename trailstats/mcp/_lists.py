"""Answers that list something: activities, segments, climbs, weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trailstats import schema
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.mcp._archive import Archive
from trailstats.mcp._schemas import ACTIVITY, CLIMB, SEGMENT, WEEK
from trailstats.mcp._words import (
    Json,
    day,
    page,
    recorded_text,
    row_of,
    units_of,
)
from trailstats.model.results import Analysis

Asked = Mapping[str, Any]


def with_ids(history: History) -> pd.DataFrame:
    """Return the activities that were read, indexed by their ids: the beginning of the content's
    hash, numbered where the same content lies there twice.
    """
    read = history.activities[history.activities["status"] == "ok"]
    hashes = read["content_hash"].str.replace("#", "", regex=False).str[:12]
    numbers = read["content_hash"].str.extract(r"#(\d+)$", expand=False)
    parts = numbers.fillna("")
    ids = hashes.where(parts == "", hashes + "-" + parts)
    again = ids.groupby(ids).cumcount()
    ids = ids.where(again == 0, ids + "-" + (again + 900).astype("str"))
    return read.set_index(pd.Index(ids, name="id")).assign(place=range(len(read)))


def chosen(history: History, asked: Asked) -> tuple[Any, Analysis]:
    """Return the row of an activity by its id, and its analysis.

    Raises
    ------
    ConfigError
        When there is none.
    """
    known = with_ids(history)
    if asked["id"] not in known.index:
        raise ConfigError(f"there is no activity {asked['id']}; see `activities`")
    row: Any = known.loc[asked["id"]]
    return row, history.analyses[int(row["place"])]


def within(times: pd.Series, asked: Asked) -> pd.Series:
    """Return which times lie in the period that is asked for.

    Raises
    ------
    ConfigError
        When a day is none.
    """
    kept = times.notna()
    if "from" in asked:
        kept &= times >= as_day(asked["from"])
    if "to" in asked:
        kept &= times < as_day(asked["to"]) + pd.Timedelta(days=1)
    return kept


def as_day(text: str) -> pd.Timestamp:
    """Return the beginning of a day.

    Raises
    ------
    ConfigError
        When there is no such day.
    """
    try:
        return pd.Timestamp(text, tz="UTC")
    except ValueError:
        raise ConfigError(f"{text} is no day such as 2026-05-01") from None


def activities(archive: Archive, asked: Asked) -> Json:
    """Answer `activities`."""
    known = with_ids(archive.history())
    kept = within(known["start_time"], asked)
    if "surface" in asked:
        kept &= known["surface"] == asked["surface"]
    items = [
        {
            "id": str(id_),
            "day": day(row["start_time"]),
            "name": recorded_text(row["name"]),
        }
        | row_of(row, ACTIVITY)
        for id_, row in known[kept].to_dict("index").items()
    ]
    head = {"units": units_of(schema.ACTIVITIES, ACTIVITY)}
    return page(head, "activities", items, asked)


def segments(archive: Archive, asked: Asked) -> Json:
    """Answer `segments`."""
    _, analysis = chosen(archive.history(), asked)
    return _rows(schema.SEGMENTS, analysis.segments, SEGMENT, asked)


def climbs(archive: Archive, asked: Asked) -> Json:
    """Answer `climbs`."""
    _, analysis = chosen(archive.history(), asked)
    return _rows(schema.CLIMBS, analysis.climbs, CLIMB, asked)


def _rows(
    table: schema.Table, frame: pd.DataFrame, names: Sequence[str], asked: Asked
) -> Json:
    items = [row_of(row, names) for row in frame.to_dict("records")]
    head = {"id": asked["id"], "units": units_of(table, names)}
    return page(head, table.name, items, asked)


def weekly(archive: Archive, asked: Asked) -> Json:
    """Answer `weekly`."""
    weeks = archive.history().weekly()
    kept = weeks[within(weeks["week"], asked)]
    items = [
        {"week": day(row["week"])} | row_of(row, WEEK)
        for row in kept.to_dict("records")
    ]
    return page({"units": units_of(schema.WEEKLY, WEEK)}, "weeks", items, asked)
