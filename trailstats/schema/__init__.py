"""The vocabulary: every table's columns with dtype, unit and meaning, and the enums that stand in
them.

All tables use SI units (metres, seconds, metres per second), degrees for latitude and longitude,
beats per minute for heart rate, steps per minute of both feet for cadence, and fractions for grades
and shares. The unit ``"1"`` marks a plain number. A column that was not recorded exists and holds
NaN.
"""

from __future__ import annotations

from trailstats.schema._metrics import METRICS, TRAINING, MetricEntry
from trailstats.schema._sports import (
    INDOOR,
    NAMED_RUNS,
    ON_FOOT,
    RUNS,
    TREADMILL,
    WALKS,
    has_ground,
    is_on_foot,
)
from trailstats.schema._table import Column, Columns, Table
from trailstats.schema._tables import (
    ACTIVITIES,
    CLIMBS,
    DAILY,
    EFFORTS,
    IMPACT,
    LAPS,
    PARTS,
    PROFILE,
    RECORDS,
    SEGMENTS,
    SPLITS,
    STRETCHES,
    TABLES,
    TRACK,
    WEEKLY,
)
from trailstats.schema._words import (
    NO_CADENCE,
    EvidenceStrength,
    Gait,
    Reach,
    RunSurface,
    Severity,
    Slope,
    Surface,
    SurfaceSource,
    Verdict,
)

__all__ = [
    "ACTIVITIES",
    "CLIMBS",
    "DAILY",
    "EFFORTS",
    "FORMAT_VERSION",
    "IMPACT",
    "INDOOR",
    "LAPS",
    "METRICS",
    "NAMED_RUNS",
    "NO_CADENCE",
    "ON_FOOT",
    "PARTS",
    "PROFILE",
    "RECORDS",
    "RUNS",
    "SEGMENTS",
    "SPLITS",
    "STRETCHES",
    "TABLES",
    "TRACK",
    "TRAINING",
    "TREADMILL",
    "WALKS",
    "WEEKLY",
    "Column",
    "Columns",
    "EvidenceStrength",
    "Gait",
    "MetricEntry",
    "Reach",
    "RunSurface",
    "Severity",
    "Slope",
    "Surface",
    "SurfaceSource",
    "Table",
    "Verdict",
    "has_ground",
    "is_on_foot",
]

FORMAT_VERSION = 2
"""Version of the JSON documents; raised when a key is renamed, removed or changes its meaning."""
