"""The commands for single files: `analyze`, `check`, `convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trailstats.analysis import analyze as analyze_one
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import begin, command, print_json
from trailstats.cli._exit import ExitCode
from trailstats.cli._explanation import print_explanation
from trailstats.errors import ReadError, TrailstatsError
from trailstats.io.compare import compare as second_reading
from trailstats.io.containers import SourceRef, list_all, load
from trailstats.io.export import SUFFIXES
from trailstats.io.export import convert as convert_activity
from trailstats.io.formats import ReadLimits, read
from trailstats.model.athlete import Athlete
from trailstats.model.results import Analysis
from trailstats.schema import FORMAT_VERSION
from trailstats.schema.documents import rows
from trailstats.terrain import map_for
from trailstats.terrain.explain import explain_terrain


@command
def analyze(
    file: o.File,
    athlete: o.AthleteFile = None,
    evidence: o.Evidence = None,
    map: o.Maps = None,
    labels: o.Labels = None,
    dem: o.Dem = None,
    workers: o.Workers = None,
    cache: o.CacheFolder = None,
    no_cache: o.NoCache = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Show what pushed each stretch to road or trail instead."
        ),
    ] = False,
    imperial: o.Imperial = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Analyse one activity: totals, metrics, segments, climbs, issues.

    Example: trailstats analyze run.fit --json
    """
    # Workers and the cache of measurements are for many files: taken here too, so that one set of
    # options fits all.
    del workers, no_cache
    begin(as_json, debug)
    ground = o.ground_of(evidence, map, labels, dem, cache)
    if explain:
        return _explain(file, o.athlete_of(athlete), ground, imperial, as_json)
    result = analyze_one(
        file,
        athlete=o.athlete_of(athlete),
        cleaning=ground.cleaning,
        terrain=ground.rules,
        map=ground.map,
        labels=ground.labels,
    )
    if as_json:
        print_json(result.to_dict())
    else:
        tables.analysis(result, imperial)
    return ExitCode.OK


def _explain(
    file: str, athlete: Athlete, ground: o.Ground, imperial: bool, as_json: bool
) -> ExitCode:
    """Print why each stretch has its surface."""
    activity = read(file)
    extracts = map_for(ground.map, athlete.osm, ground.rules)
    found = explain_terrain(
        activity,
        terrain=ground.rules,
        cleaning=ground.cleaning,
        map=extracts,
        labels=ground.labels,
    )
    if as_json:
        print_json(
            {
                "format_version": FORMAT_VERSION,
                "file": activity.meta.source,
                **found.to_dict(),
            }
        )
    else:
        print_explanation(found, imperial)
    return ExitCode.OK


@command
def check(
    sources: o.Sources,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Read FIT and GPX a second time with fitparse or gpxpy; show differences.",
        ),
    ] = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Show what is in the files, what is wrong with them, and what was salvaged.

    Example: trailstats check runs/
    """
    begin(as_json, debug)
    limits = ReadLimits()
    found: list[dict[str, object]] = []
    failed = 0
    for ref in list_all(sources, limits=limits):
        try:
            activities = load(ref, limits)
        except TrailstatsError as error:
            failed += 1
            found.append(
                {
                    "file": str(ref),
                    "status": "failed",
                    "error": f"{error.code}: {error}",
                }
            )
            continue
        found.extend(tables.checked(activity) for activity in activities)
        if compare:
            found[-len(activities)] |= _second_opinion(ref)
    if as_json:
        print_json({"format_version": FORMAT_VERSION, "files": found})
    else:
        tables.check(found)
    if failed == len(found):
        return ExitCode.NOTHING_READ
    return ExitCode.SOME_FAILED if failed else ExitCode.OK


def _second_opinion(ref: SourceRef) -> dict[str, object]:
    """Return where another decoder reads a file differently, or why there is no other."""
    if ref.members:
        return {"no_comparison": "it lies in an archive; unpack it to compare"}
    try:
        return {"differences": rows(second_reading(ref.path))}
    except ReadError as error:
        return {"no_comparison": error.message}


@command
def convert(
    file: o.File,
    output: Annotated[
        Path,
        typer.Argument(
            metavar="OUT", help="A .gpx, .csv, .parquet, .geojson or .json file."
        ),
    ],
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Write an activity in another format; GeoJSON holds its labelled segments.

    Example: trailstats convert run.fit run.geojson
    """
    begin(as_json, debug)
    o.check_output(output, SUFFIXES)
    activity = read(file)
    labelled: Analysis | None = (
        analyze_one(activity) if output.suffix.lower() == ".geojson" else None
    )
    path = convert_activity(
        activity, output, segments=labelled.segments if labelled else None
    )
    if as_json:
        print_json(
            {
                "format_version": FORMAT_VERSION,
                "written": str(path),
                "n_records": len(activity.records),
            }
        )
    else:
        tables.note(f"{len(activity.records)} records: {path}")
    return ExitCode.OK
