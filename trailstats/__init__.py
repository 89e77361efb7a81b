"""trailstats: tells road from trail along recorded runs, and answers claims about trail running for
one runner.

The short way::

    import trailstats as ts

    run = ts.analyze("run.fit")           # one activity
    run.segments                          # a table of labelled stretches
    history = ts.analyze_folder("runs/")  # many
    ts.evaluate_claims(history)           # the article's claims, with intervals
    ts.write_report(history, "report.html")

Everything is in SI units; `schema` names every table's columns with unit and meaning. Formulas for
arrays of your own are in `trailstats.metrics`, charts in `trailstats.plots`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trailstats._version import __version__

if TYPE_CHECKING:
    from trailstats.analysis import analyze
    from trailstats.cache import Cache
    from trailstats.claims import (
        ClaimResult,
        RuleResult,
        claims_document,
        evaluate_claims,
    )
    from trailstats.claims.plan import check_plan
    from trailstats.claims.result import claims_table
    from trailstats.cleaning import CleanRules, PlausibleRanges, clean
    from trailstats.errors import (
        ConfigError,
        CorruptFileError,
        DownloadError,
        InternalError,
        LimitError,
        MissingExtraError,
        NotAnActivityError,
        PluginError,
        ReadError,
        SchemaError,
        TrailstatsError,
        UnsupportedFormatError,
        WorkerError,
        WriteError,
    )
    from trailstats.history import (
        History,
        OnError,
        Receipt,
        analyze_athletes,
        analyze_folder,
        analyze_partition,
        analyze_partitions,
        iter_analyses,
    )
    from trailstats.history.prediction import (
        Course,
        Effort,
        Prediction,
        TimeRange,
        predict,
    )
    from trailstats.io import (
        Failure,
        Format,
        ReadLimits,
        convert,
        iter_activities,
        read,
        to_geopandas,
    )
    from trailstats.model.activity import (
        Activity,
        ActivityMeta,
        CleanActivity,
        Issue,
    )
    from trailstats.model.athlete import Athlete
    from trailstats.model.json_schemas import document_schema
    from trailstats.model.limits import HeartRateLimits
    from trailstats.model.plugins import (
        ClaimPlugin,
        MetricPlugin,
        ReaderPlugin,
        Recorded,
        TerrainModelPlugin,
    )
    from trailstats.model.results import Analysis, Metric, Totals
    from trailstats.report.html import write_report
    from trailstats.schema import (
        EvidenceStrength,
        Gait,
        Severity,
        Slope,
        Surface,
        SurfaceSource,
        Verdict,
    )
    from trailstats.terrain import (
        Baseline,
        Explanation,
        RoadMap,
        SurfaceLabels,
        TerrainRules,
        classify_terrain,
        cut_segments,
        explain_terrain,
        find_climbs,
    )
    from trailstats.terrain.dem import GroundTiles

__all__ = [
    "Activity",
    "ActivityMeta",
    "Analysis",
    "Athlete",
    "Baseline",
    "Cache",
    "ClaimPlugin",
    "ClaimResult",
    "CleanActivity",
    "CleanRules",
    "ConfigError",
    "CorruptFileError",
    "Course",
    "DownloadError",
    "Effort",
    "EvidenceStrength",
    "Explanation",
    "Failure",
    "Format",
    "Gait",
    "GroundTiles",
    "HeartRateLimits",
    "History",
    "InternalError",
    "Issue",
    "LimitError",
    "Metric",
    "MetricPlugin",
    "MissingExtraError",
    "NotAnActivityError",
    "OnError",
    "PlausibleRanges",
    "PluginError",
    "Prediction",
    "ReadError",
    "ReadLimits",
    "ReaderPlugin",
    "Receipt",
    "Recorded",
    "RoadMap",
    "RuleResult",
    "SchemaError",
    "Severity",
    "Slope",
    "Surface",
    "SurfaceLabels",
    "SurfaceSource",
    "TerrainModelPlugin",
    "TerrainRules",
    "TimeRange",
    "Totals",
    "TrailstatsError",
    "UnsupportedFormatError",
    "Verdict",
    "WorkerError",
    "WriteError",
    "__version__",
    "analyze",
    "analyze_athletes",
    "analyze_folder",
    "analyze_partition",
    "analyze_partitions",
    "check_plan",
    "claims_document",
    "claims_table",
    "classify_terrain",
    "clean",
    "convert",
    "cut_segments",
    "document_schema",
    "evaluate_claims",
    "explain_terrain",
    "find_climbs",
    "iter_activities",
    "iter_analyses",
    "predict",
    "read",
    "to_geopandas",
    "write_report",
]


# Where each name lives. A module is loaded when one of its names is first asked for: importing the
# package takes no time, and a program that only reads never loads what claims and reports need.
# Type checkers see the imports above.
_HOMES = {
    "analysis": "analyze",
    "cache": "Cache",
    "claims": "ClaimResult RuleResult claims_document evaluate_claims",
    "claims.plan": "check_plan",
    "claims.result": "claims_table",
    "cleaning": "CleanRules PlausibleRanges clean",
    "errors": (
        "ConfigError CorruptFileError DownloadError InternalError LimitError "
        "MissingExtraError NotAnActivityError PluginError ReadError SchemaError "
        "TrailstatsError UnsupportedFormatError WorkerError WriteError"
    ),
    "history": (
        "History OnError Receipt analyze_athletes analyze_folder analyze_partition "
        "analyze_partitions iter_analyses"
    ),
    "io": "Failure Format ReadLimits convert iter_activities read to_geopandas",
    "model.activity": "Activity ActivityMeta CleanActivity Issue",
    "model.athlete": "Athlete",
    "model.json_schemas": "document_schema",
    "model.limits": "HeartRateLimits",
    "model.plugins": (
        "ClaimPlugin MetricPlugin ReaderPlugin Recorded TerrainModelPlugin"
    ),
    "model.results": "Analysis Metric Totals",
    "history.prediction": "Course Effort Prediction TimeRange predict",
    "report.html": "write_report",
    "schema": "EvidenceStrength Gait Severity Slope Surface SurfaceSource Verdict",
    "terrain": (
        "Baseline Explanation RoadMap SurfaceLabels TerrainRules classify_terrain "
        "cut_segments explain_terrain find_climbs"
    ),
    "terrain.dem": "GroundTiles",
}
_MODULE_OF = {
    name: module for module, names in _HOMES.items() for name in names.split()
}
_MODULES = {
    *(module.partition(".")[0] for module in _HOMES),
    "elevation",
    "geo",
    "metrics",
    "plots",
    "testing",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the names are of different kinds
    import importlib

    if name in _MODULE_OF:
        found = getattr(
            importlib.import_module(f"trailstats.{_MODULE_OF[name]}"), name
        )
        globals()[name] = found
        return found
    if name in _MODULES:
        return importlib.import_module(f"trailstats.{name}")
    raise AttributeError(f"module 'trailstats' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])
