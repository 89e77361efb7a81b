"""What a clean environment with the core dependencies only must be able to do; run by the tests in
such a one.

python core_only.py SAMPLES
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import trailstats as ts
from trailstats.claims import claims_document
from trailstats.model.json_schemas import DOCUMENTS, document_schema


def extra_that_is_missing(work: object) -> str:
    """Return which extra an error asks for, or nothing where the work succeeds."""
    try:
        work()  # type: ignore[operator]
    except ts.MissingExtraError as error:
        assert isinstance(error, ImportError)
        assert f"trailstats[{error.extra}]" in str(error)
        return error.extra
    return ""


def main() -> None:
    """Read, analyse, answer and write; then ask for what is not installed."""
    samples = Path(sys.argv[1])
    assert version("trailstats") == ts.__version__
    run = ts.read(samples / "odd" / "two-tracks.gpx")
    analysis = ts.analyze(
        run, athlete=ts.Athlete.from_toml(samples / "athlete.toml")
    )
    assert len(analysis.segments) > 5
    assert (
        ts.Analysis.from_dict(json.loads(json.dumps(analysis.to_dict()))).totals
        == analysis.totals
    )
    history = ts.analyze_folder(
        [samples / "odd", *sorted((samples / "archive").iterdir())[:10]],
        workers=2,
    )
    assert len(history.runs) >= 10
    claims, rules = ts.evaluate_claims(history), ts.check_plan(history)
    assert len(claims) == 11
    json.dumps(claims_document(history, claims, rules), allow_nan=False)
    for name in DOCUMENTS:
        document_schema(name)
    with tempfile.TemporaryDirectory() as place:
        for suffix in ("gpx", "kml", "csv", "geojson", "json"):
            assert (
                ts.convert(
                    run, f"{place}/run.{suffix}", segments=analysis.segments
                )
                .stat()
                .st_size
                > 1000
            )
        found = {
            "report": extra_that_is_missing(
                lambda: ts.write_report(analysis, f"{place}/report.html")
            ),
            "plots": extra_that_is_missing(lambda: ts.plots.profile(analysis)),
            "parquet": extra_that_is_missing(
                lambda: ts.convert(run, f"{place}/run.parquet")
            ),
            "remote": extra_that_is_missing(
                lambda: list(ts.iter_activities("s3://bucket/runs"))
            ),
        }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
