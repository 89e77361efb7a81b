"""Every table, read from ``tables.toml``: one row stands for what, and its columns."""

from __future__ import annotations

import tomllib
from importlib import resources

from trailstats.schema._metrics import METRICS, MetricEntry
from trailstats.schema._table import Column, Table


def _metric_column(entry: MetricEntry) -> Column:
    return Column(entry.name, "float64", entry.unit, entry.meaning)


def _read_table(name: str, row: str, columns: list[str | list[str]]) -> Table:
    """Return a table; a bare name is the place of a metric."""
    found = tuple(
        _metric_column(METRICS[column])
        if isinstance(column, str)
        else Column(*column)
        for column in columns
    )
    if name == "activities":
        found += tuple(
            _metric_column(entry) for entry in METRICS.values() if entry.column
        )
    return Table(name, row, found)


TABLES: dict[str, Table] = {
    name: _read_table(name, **table)
    for name, table in tomllib.loads(
        resources.files("trailstats.schema")
        .joinpath("tables.toml")
        .read_text("utf-8")
    ).items()
}
"""Every table by its name."""

RECORDS = TABLES["records"]
TRACK = TABLES["track"]
LAPS = TABLES["laps"]
SEGMENTS = TABLES["segments"]
CLIMBS = TABLES["climbs"]
PROFILE = TABLES["profile"]
IMPACT = TABLES["impact"]
EFFORTS = TABLES["efforts"]
PARTS = TABLES["parts"]
SPLITS = TABLES["splits"]
STRETCHES = TABLES["stretches"]
ACTIVITIES = TABLES["activities"]
WEEKLY = TABLES["weekly"]
DAILY = TABLES["daily"]
