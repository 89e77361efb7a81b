"""trailstats: tells road from trail along recorded runs, and answers claims about trail running for one runner.

The short way::

    import trailstats as ts

    run = ts.analyze("run.fit")           # one activity
    run.segments                          # a table of labelled stretches
    history = ts.analyze_folder("runs/")  # many
    ts.evaluate_claims(history)           # the article's claims, with intervals
    ts.write_report(history, "report.html")

Everything is in SI units; `schema` names every table's columns with unit and meaning. Formulas for arrays of your own
are in `trailstats.metrics`, charts in `trailstats.plots`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trailstats._version import __version__
from trailstats.activity import Activity, ActivityMeta, Issue
from trailstats.analysis import Analysis, Metric, Totals, analyze
from trailstats.athlete import Athlete
from trailstats.claims import ClaimResult, RuleResult, evaluate_claims
from trailstats.cleaning import CleanRules, clean
from trailstats.errors import (
    ConfigError,
    CorruptFileError,
    LimitError,
    MissingExtraError,
    NotAnActivityError,
    ReadError,
    SchemaError,
    TrailstatsError,
    UnsupportedFormatError,
    WriteError,
)
from trailstats.history import History, OnError, analyze_folder
from trailstats.io import Failure, ReadLimits, convert, iter_activities, read
from trailstats.limits import HeartRateLimits
from trailstats.plan import check_plan
from trailstats.schema import EvidenceStrength, Gait, Severity, Slope, Surface, SurfaceSource, Verdict
from trailstats.segments import cut_segments
from trailstats.terrain import TerrainRules, classify_terrain
from trailstats.terrain.climbs import find_climbs

if TYPE_CHECKING:
    from trailstats.report.html import write_report

__all__ = [
    "Activity",
    "ActivityMeta",
    "Analysis",
    "Athlete",
    "ClaimResult",
    "CleanRules",
    "ConfigError",
    "CorruptFileError",
    "EvidenceStrength",
    "Failure",
    "Gait",
    "HeartRateLimits",
    "History",
    "Issue",
    "LimitError",
    "Metric",
    "MissingExtraError",
    "NotAnActivityError",
    "OnError",
    "ReadError",
    "ReadLimits",
    "RuleResult",
    "SchemaError",
    "Severity",
    "Slope",
    "Surface",
    "SurfaceSource",
    "TerrainRules",
    "Totals",
    "TrailstatsError",
    "UnsupportedFormatError",
    "Verdict",
    "WriteError",
    "__version__",
    "analyze",
    "analyze_folder",
    "check_plan",
    "classify_terrain",
    "clean",
    "convert",
    "cut_segments",
    "evaluate_claims",
    "find_climbs",
    "iter_activities",
    "read",
    "write_report",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the names are of different kinds
    # The report and the plots are loaded when they are first asked for: most programs never do.
    if name == "write_report":
        from trailstats.report.html import write_report

        return write_report
    if name in ("plots", "metrics"):
        import importlib

        return importlib.import_module(f"trailstats.{name}")
    raise AttributeError(f"module 'trailstats' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "metrics", "plots"])
