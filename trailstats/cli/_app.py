"""The commands."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from trailstats import __version__
from trailstats.analysis import analyze as analyze_one
from trailstats.claims import claims_document, evaluate_claims
from trailstats.claims import explain as explain_claim
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._exit import ExitCode, UsageProblem, code_of, report_problem
from trailstats.cli._progress import watched
from trailstats.document_schemas import DOCUMENTS, document_schema, table_schema
from trailstats.documents import rows
from trailstats.errors import ReadError, TrailstatsError, WriteError
from trailstats.history import History, analyze_folder
from trailstats.io.compare import compare as second_reading
from trailstats.io.containers import SourceRef, list_sources, load
from trailstats.io.export import convert as convert_activity
from trailstats.io.export import write_atomically, write_table
from trailstats.io.formats import ReadLimits, read
from trailstats.plan import check_plan
from trailstats.results import Analysis
from trailstats.schema import ACTIVITIES, FORMAT_VERSION, SEGMENTS, TABLES, Table

P = ParamSpec("P")

app = typer.Typer(
    name="trailstats",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Tells road from trail along recorded runs, and answers claims about trail running for one runner.",
)


class _State:
    """What the handling of errors has to know of the command that ran."""

    json = False
    debug = False


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    _State.json, _State.debug = False, False
    try:
        app(args=None if arguments is None else list(arguments), prog_name="trailstats")
    except SystemExit as finished:
        return int(finished.code or ExitCode.OK)
    except TrailstatsError as error:
        if _State.debug:
            raise
        report_problem(error, _State.json)
        return code_of(error)
    return ExitCode.OK


def _command(function: Callable[P, ExitCode]) -> Callable[P, ExitCode]:
    """Register a command whose returned code becomes the program's."""

    @functools.wraps(function)
    def ended(*args: P.args, **kwargs: P.kwargs) -> ExitCode:
        raise typer.Exit(function(*args, **kwargs))

    app.command()(ended)
    return function


def _begin(as_json: bool, debug: bool) -> None:
    _State.json, _State.debug = as_json, debug


def _print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, allow_nan=False, ensure_ascii=False) + "\n")


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        sys.stdout.write(f"trailstats {__version__}\n")
        raise typer.Exit


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


@_command
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
    _begin(as_json, debug)
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
        _print_json(claims_document(history, claims, rules) | {"report": str(path)})
    else:
        tables.summary(history, imperial)
        tables.claims(claims)
        tables.failures(history)
        tables.note(f"report: {path}")
    return _code_for(history)


@_command
def analyze(
    file: o.File,
    athlete: o.AthleteFile = None,
    evidence: o.Evidence = None,
    map: o.Maps = None,
    labels: o.Labels = None,
    imperial: o.Imperial = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Analyse one activity: totals, metrics, segments, climbs, issues.

    Example: trailstats analyze run.fit --json
    """
    _begin(as_json, debug)
    result = analyze_one(file, athlete=o.athlete_of(athlete), terrain=o.terrain_of(evidence, map, labels))
    if as_json:
        _print_json(result.to_dict())
    else:
        tables.analysis(result, imperial)
    return ExitCode.OK


@_command
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
    _begin(as_json, debug)
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
        _print_json(history.to_dict())
    else:
        tables.summary(history, imperial)
        tables.failures(history)
        tables.note(f"activities: {output}" + (f"; segments: {segments}" if segments else ""))
    return _code_for(history)


@_command
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
    _begin(as_json, debug)
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
        _print_json(claims_document(history, results, rules))
    else:
        tables.summary(history, imperial)
        tables.claims(results)
        tables.rules(rules)
        tables.failures(history)
    return _code_for(history)


@_command
def check(
    sources: o.Sources,
    compare: Annotated[
        bool, typer.Option("--compare", help="Read FIT and GPX a second time with fitparse or gpxpy; show differences.")
    ] = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Show what is in the files, what is wrong with them, and what was salvaged.

    Example: trailstats check runs/
    """
    _begin(as_json, debug)
    limits = ReadLimits()
    found: list[dict[str, object]] = []
    failed = 0
    for source in sources:
        for ref in list_sources(source, limits=limits):
            try:
                activities = load(ref, limits)
            except TrailstatsError as error:
                failed += 1
                found.append({"file": str(ref), "status": "failed", "error": f"{error.code}: {error}"})
                continue
            found.extend(tables.checked(activity) for activity in activities)
            if compare:
                found[-len(activities)] |= _second_opinion(ref)
    if as_json:
        _print_json({"format_version": FORMAT_VERSION, "files": found})
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


@_command
def convert(
    file: o.File,
    output: Annotated[Path, typer.Argument(metavar="OUT", help="A .gpx, .csv, .parquet, .geojson or .json file.")],
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Write an activity in another format; GeoJSON holds its labelled segments.

    Example: trailstats convert run.fit run.geojson
    """
    _begin(as_json, debug)
    activity = read(file)
    labelled: Analysis | None = analyze_one(activity) if output.suffix.lower() == ".geojson" else None
    path = convert_activity(activity, output, segments=labelled.segments if labelled else None)
    if as_json:
        _print_json({"format_version": FORMAT_VERSION, "written": str(path), "n_records": len(activity.records)})
    else:
        tables.note(f"{len(activity.records)} records: {path}")
    return ExitCode.OK


@_command
def schema(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A document or a table; without it, the names.")
    ] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Print the JSON Schema of a document, or a table's columns and units.

    Example: trailstats schema segments
    """
    _begin(as_json, debug)
    if name is None:
        if as_json:
            _print_json({"documents": sorted(DOCUMENTS), "tables": sorted(TABLES)})
        else:
            tables.note(f"documents: {', '.join(sorted(DOCUMENTS))}\ntables: {', '.join(sorted(TABLES))}")
        return ExitCode.OK
    if name in DOCUMENTS:
        _print_json(document_schema(name))
    elif name in TABLES:
        if as_json:
            _print_json(table_schema(TABLES[name]))
        else:
            tables.columns(TABLES[name])
    else:
        known = ", ".join(sorted([*DOCUMENTS, *TABLES]))
        raise UsageProblem(f"there is no document or table {name!r}; known are {known}")
    return ExitCode.OK


def _units(table: Table) -> dict[str, str]:
    return {column.name: column.unit for column in table}


def _nothing(history: History, as_json: bool) -> None:
    if as_json:
        _print_json(history.to_dict())
    else:
        tables.failures(history)
        sys.stderr.write("trailstats: no activity could be read\n")
