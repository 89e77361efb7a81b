"""The commands for many activities: `report`, `batch`, `claims`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from trailstats.claims import claims_document, evaluate_claims
from trailstats.claims import explain as explain_claim
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import begin, command, print_json
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.cli._progress import watched
from trailstats.errors import WriteError
from trailstats.history import History, analyze_folder
from trailstats.io.export import write_atomically, write_table
from trailstats.plan import check_plan
from trailstats.schema import ACTIVITIES, SEGMENTS, Table


def _history(
    sources: list[str],
    athlete: Path | None,
    evidence: str | None,
    maps: list[Path] | None,
    labels: Path | None,
    workers: int | None,
    cache: Path | None,
    no_cache: bool,
) -> History:
    o.check_cache(cache, no_cache)
    terrain = o.terrain_of(evidence, maps, labels)
    profile = o.athlete_of(athlete)
    with watched() as progress:
        return analyze_folder(sources, athlete=profile, terrain=terrain, workers=workers, progress=progress)


def _code_for(history: History) -> ExitCode:
    if not len(history.analyses):
        return ExitCode.NOTHING_READ
    return ExitCode.SOME_FAILED if history.failures else ExitCode.OK


@command
def report(
    sources: o.Sources,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")] = Path(
        "report.html"
    ),
    athlete: o.AthleteFile = None,
    race: o.Races = None,
    split: Annotated[bool, typer.Option("--split", help="Activities as pages beside the front page.")] = False,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="DIR", help="Write the charts as PNG and SVG too.")
    ] = None,
    evidence: o.Evidence = None,
    map: o.Maps = None,
    labels: o.Labels = None,
    workers: o.Workers = None,
    cache: o.CacheFolder = None,
    no_cache: o.NoCache = False,
    imperial: o.Imperial = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Write the report: everything, in one self-contained page.

    Example: trailstats report runs/ --athlete athlete.toml -o report.html
    """
    begin(as_json, debug)
    from trailstats.plots import write_pictures
    from trailstats.report import write_report

    if not output.absolute().parent.is_dir():
        raise WriteError(f"{output}: there is no folder {output.absolute().parent}")
    history = _history(sources, athlete, evidence, map, labels, workers, cache, no_cache)
    if not len(history.analyses):
        _nothing(history, as_json)
        return ExitCode.NOTHING_READ
    races = o.race_days(race)
    claims, rules = evaluate_claims(history, races=races), check_plan(history, races=races)
    path = write_report(history, output, claims=claims, rules=rules, imperial=imperial, split=split)
    if png is not None:
        write_pictures(history, png, results=claims, imperial=imperial)
    if as_json:
        print_json(claims_document(history, claims, rules) | {"report": str(path)})
    else:
        tables.summary(history, imperial)
        tables.claims(claims, imperial)
        tables.failures(history)
        tables.note(f"report: {path}")
    return _code_for(history)


@command
def batch(
    sources: o.Sources,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="A .csv, .parquet or .json file.")],
    segments: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the segments too (.csv or .parquet).")
    ] = None,
    athlete: o.AthleteFile = None,
    evidence: o.Evidence = None,
    map: o.Maps = None,
    labels: o.Labels = None,
    workers: o.Workers = None,
    cache: o.CacheFolder = None,
    no_cache: o.NoCache = False,
    imperial: o.Imperial = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Write a table with one row per activity; sources that failed are rows too.

    Example: trailstats batch runs/ -o runs.csv --segments segments.csv
    """
    begin(as_json, debug)
    for path, suffixes in ((output, (".csv", ".parquet", ".json")), (segments, (".csv", ".parquet"))):
        if path is not None and path.suffix.lower() not in suffixes:
            raise UsageProblem(f"{path}: the suffix is none of {', '.join(suffixes)}")
        if path is not None and not path.absolute().parent.is_dir():
            raise WriteError(f"{path}: there is no folder {path.absolute().parent}")
    history = _history(sources, athlete, evidence, map, labels, workers, cache, no_cache)
    if output.suffix.lower() == ".json":
        write_atomically(output, json.dumps(history.to_dict(), allow_nan=False).encode())
    else:
        write_table(history.activities, output, units=_units(ACTIVITIES))
    if segments is not None:
        write_table(history.segments, segments, units=_units(SEGMENTS))
    if as_json:
        print_json(history.to_dict())
    else:
        tables.summary(history, imperial)
        tables.failures(history)
        tables.note(f"activities: {output}" + (f"; segments: {segments}" if segments else ""))
    return _code_for(history)


@command
def claims(
    sources: o.Sources,
    athlete: o.AthleteFile = None,
    race: o.Races = None,
    explain: Annotated[
        str | None, typer.Option(metavar="CLAIM", help="List the runs that one answer rests on.")
    ] = None,
    evidence: o.Evidence = None,
    map: o.Maps = None,
    labels: o.Labels = None,
    workers: o.Workers = None,
    cache: o.CacheFolder = None,
    no_cache: o.NoCache = False,
    imperial: o.Imperial = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Answer the article's claims for this runner, with intervals or "not enough data".

    Example: trailstats claims runs/ --athlete athlete.toml --race 2026-05-10
    """
    begin(as_json, debug)
    races = o.race_days(race)
    history = _history(sources, athlete, evidence, map, labels, workers, cache, no_cache)
    if not len(history.analyses):
        _nothing(history, as_json)
        return ExitCode.NOTHING_READ
    if explain is not None:
        tables.frame(explain_claim(history, explain), as_json)
        return _code_for(history)
    results, rules = evaluate_claims(history, races=races), check_plan(history, races=races)
    if as_json:
        print_json(claims_document(history, results, rules))
    else:
        tables.summary(history, imperial)
        tables.claims(results, imperial)
        tables.rules(rules)
        tables.failures(history)
    return _code_for(history)


def _nothing(history: History, as_json: bool) -> None:
    if as_json:
        print_json(history.to_dict())
    else:
        tables.failures(history)
        sys.stderr.write("trailstats: no activity could be read\n")


def _units(table: Table) -> dict[str, str]:
    return {column.name: column.unit for column in table}
