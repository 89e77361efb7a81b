"""A program on top of the library, as a type checker sees it: every public step, with the types it
promises.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import trailstats as ts
from trailstats import metrics, plots, schema


def steps(path: Path) -> pd.DataFrame:
    """Take one file through the steps."""
    activity = ts.read(path, limits=ts.ReadLimits(bytes=1 << 20))
    assert_type(activity, ts.Activity)
    assert_type(activity.records, pd.DataFrame)
    assert_type(activity.meta, ts.ActivityMeta)
    assert_type(activity.issues, tuple[ts.Issue, ...])
    cleaned = ts.clean(activity, cleaning=ts.CleanRules())
    assert_type(cleaned, ts.CleanActivity)
    assert_type(cleaned.track, pd.DataFrame)
    assert_type(cleaned.original, ts.Activity)
    rules = ts.TerrainRules(sources=frozenset({ts.SurfaceSource.SIGNAL}))
    segments = ts.classify_terrain(
        cleaned, ts.cut_segments(cleaned, terrain=rules), terrain=rules
    )
    assert_type(segments, pd.DataFrame)
    assert_type(ts.find_climbs(cleaned), pd.DataFrame)
    assert_type(ts.convert(cleaned, path.with_suffix(".csv")), Path)
    return segments[segments["surface"] == ts.Surface.TRAIL.value]


def one(upload: bytes) -> dict[str, object]:
    """Answer an upload."""
    try:
        analysis = ts.analyze(
            io.BytesIO(upload), athlete=ts.Athlete(heart_rate_max=188)
        )
    except ts.ReadError as error:
        assert_type(error.where(), str)
        return {"code": error.code, "message": str(error)}
    assert_type(analysis, ts.Analysis)
    assert_type(analysis.totals.trail_share, float)
    assert_type(analysis.metrics["session_load"], ts.Metric)
    assert_type(analysis.to_frame(), pd.DataFrame)
    assert_type(analysis.records, pd.DataFrame)
    assert_type(ts.Analysis.from_dict(analysis.to_dict()), ts.Analysis)
    return analysis.to_dict()


def many(folder: Path) -> list[ts.Verdict]:
    """Answer the claims for a folder."""
    found: Iterator[ts.Activity | ts.Failure] = ts.iter_activities(folder)
    next(found)
    history = ts.analyze_folder(folder, on_error=ts.OnError.COLLECT)
    ts.analyze_folder(
        folder,
        on_error="raise",
        athlete={"heart_rate_max": 188},
        map=[folder / "town.osm.pbf"],
        labels=folder / "labels.csv",
        cache=ts.Cache(folder),
        terrain=ts.TerrainRules(
            baseline=ts.Baseline.from_segments(history.segments)
        ),
        cleaning=ts.CleanRules(dem=ts.GroundTiles.of(folder)),
    )
    assert_type(history.segments, pd.DataFrame)
    assert_type(history.metrics, pd.DataFrame)
    assert_type(history, ts.History)
    assert_type(history.activities, pd.DataFrame)
    assert_type(history.failures, tuple[ts.Failure, ...])
    claims = ts.evaluate_claims(history)
    assert_type(ts.claims_table(claims), pd.DataFrame)
    assert_type(claims, list[ts.ClaimResult])
    rules = ts.check_plan(history)
    assert_type(rules, list[ts.RuleResult])
    assert_type(
        ts.write_report(
            history, folder / "report.html", claims=claims, rules=rules
        ),
        Path,
    )
    return [claim.verdict for claim in claims if claim.verdict]


def formulas(grade: NDArray[np.float64]) -> NDArray[np.float64]:
    """Use a formula, a table's schema and the charts' module."""
    assert_type(schema.SEGMENTS.names, list[str])
    assert plots is not None
    return np.asarray(metrics.effort.running_cost(grade))
