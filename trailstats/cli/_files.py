"""The commands for single files: `analyze`, `check`, `convert`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from trailstats.analysis import Options, analyze_by, judge
from trailstats.boundary import near
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import command
from trailstats.cli._checks import checked, print_checks
from trailstats.cli._console import complain, note, print_json
from trailstats.cli._declarations import argument, option
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.cli._explanation import print_explanation
from trailstats.cli._nothing import nothing_there
from trailstats.cli._work import Work
from trailstats.errors import ReadError, TrailstatsError
from trailstats.io.compare import compare as second_reading
from trailstats.io.containers import (
    SourceRef,
    iter_activities,
    list_all,
    load,
)
from trailstats.io.export import SUFFIXES, WITH_SEGMENTS
from trailstats.io.export import convert as convert_activity
from trailstats.io.formats import ReadLimits, read
from trailstats.model.activity import Activity
from trailstats.report import text
from trailstats.schema import FORMAT_VERSION
from trailstats.schema.documents import rows
from trailstats.terrain.explain import explain_terrain


@dataclass(frozen=True)
class Asked:
    """What `analyze` shows, and what it learns the runner's limits from."""

    explain: Annotated[bool, option("analyze-explain")] = False
    activity: Annotated[int | None, option("analyze-activity")] = None
    sources: Annotated[list[str] | None, option("analyze-from")] = None


@command
def analyze(
    file: o.File,
    athlete: o.AthleteFile = None,
    *,
    ground: o.Ground,
    processes: o.Processes,
    asked: Asked,
    shown: o.Shown,
) -> ExitCode:
    """Analyse one activity: totals, metrics, segments, climbs, issues.

    Of a file with several all are printed, with --json a document on each line.

    Example: trailstats analyze run.fit --json
    """
    activities = _activities(file, asked.activity)
    # Workers and the cache of measurements are for many files: taken here too, so that one set of
    # options fits all.
    options = ground.options(processes.cache)(athlete=athlete)
    if asked.sources:
        work = Work(ground=ground, processes=processes, chosen=o.Chosen())
        limits = work.history(asked.sources, options.athlete).limits
    for activity in activities:
        if asked.explain:
            _print_reasons(activity, options, shown)
            continue
        result = analyze_by(activity, options)
        if asked.sources:
            result = judge(result, limits, options.athlete)
        if shown.as_json:
            print_json(result.to_dict())
        else:
            tables.analysis(result, shown.units)
    return ExitCode.OK


def _activities(file: str, number: int | None) -> list[Activity]:
    """Return the activities of a file, or the one of a number; of standard input for a dash.

    Raises
    ------
    UsageProblem
        When it is a folder, or holds no activity of this number.
    ReadError
        When nothing can be read.
    """
    if file != o.STANDARD and Path(file).is_dir():
        raise UsageProblem(
            f"{file}: it is a folder; `trailstats report {file}` makes a page of it, "
            f"`trailstats batch {file} -o runs.csv` a table"
        )
    found = _piped() if file == o.STANDARD else _held(file)
    if number is None:
        return found
    if number > len(found):
        name = o.STANDARD_INPUT if file == o.STANDARD else file
        held = text.counted(len(found), "activity", "activities")
        raise UsageProblem(f"--activity {number}: {name} holds {held}")
    return [found[number - 1]]


def _held(source: str | bytes) -> list[Activity]:
    """Return all activities of a file, in the order of their numbers."""
    first = read(source)
    if all(issue.code != "several_activities" for issue in first.issues):
        return [first]
    items = iter_activities(source)
    return [item for item in items if isinstance(item, Activity)]


def _piped() -> list[Activity]:
    """Return all activities that come by standard input, under that name."""
    try:
        found = _held(sys.stdin.buffer.read())
    except ReadError as error:
        error.path = o.STANDARD_INPUT
        raise
    return [
        replace(
            each,
            meta=replace(
                each.meta,
                source=each.meta.source.replace("<bytes>", o.STANDARD_INPUT, 1),
            ),
        )
        for each in found
    ]


def _print_reasons(activity: Activity, options: Options, shown: o.Shown) -> None:
    """Print why each stretch has its surface."""
    found = explain_terrain(
        activity,
        terrain=options.terrain,
        cleaning=options.cleaning,
        map=options.map,
        labels=options.labels,
    )
    if shown.as_json:
        head = {"format_version": FORMAT_VERSION, "file": activity.meta.source}
        print_json(head | found.to_dict())
    else:
        print_explanation(found, shown.units)


@command
def check(
    sources: o.Sources,
    compare: Annotated[bool, option("check-compare")] = False,
    map: o.Maps = None,
    *,
    shown: o.Shown,
) -> ExitCode:
    """Show what is in the files, what is wrong with them, and what was salvaged.

    Example: trailstats check runs/
    """
    limits = ReadLimits()
    town = o.Ground(map=map).road_map(None)
    found: list[dict[str, object]] = []
    for ref in list_all(sources, limits=limits):
        try:
            activities = load(ref, limits)
        except TrailstatsError as error:
            problem = f"{error.code}: {error}"
            found.append({"file": str(ref), "status": "failed", "error": problem})
            continue
        found.extend(checked(activity, town) for activity in activities)
        if compare:
            found[-len(activities)] |= _second_opinion(ref)
    if shown.as_json:
        print_json({"format_version": FORMAT_VERSION, "files": found})
    else:
        print_checks(found, shown.units)
        if not found:
            complain(nothing_there(sources))
    failed = sum(item["status"] == "failed" for item in found)
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
    output: Annotated[Path, argument("convert-output")],
    to: Annotated[str, option("convert-to")] = "gpx",
    as_json: o.Json = False,
) -> ExitCode:
    """Write an activity in another format; GeoJSON, KML and GeoParquet hold its labelled segments.

    Example: trailstats convert run.fit run.geojson
    """
    o.check_output(output, SUFFIXES)
    if is_piped := str(output) == o.STANDARD:
        suffix = f".{to.lower().lstrip('.')}"
        if suffix not in SUFFIXES:
            known = [known[1:] for known in SUFFIXES]
            raise UsageProblem(
                f"--to: {to!r} is none of {', '.join(known)}{near(to, known)}"
            )
        output = Path(f"activity{suffix}")
    activity = _piped()[0] if file == o.STANDARD else read(file)
    segments = None
    if output.suffix.lower() in WITH_SEGMENTS:
        found = analyze_by(activity, o.Ground().options(None)())
        segments = found.segments
        activity = replace(activity, meta=found.meta)
    if is_piped:
        with TemporaryDirectory() as folder:
            place = Path(folder) / output
            convert_activity(activity, place, segments=segments)
            sys.stdout.buffer.write(place.read_bytes())
        return ExitCode.OK
    path = convert_activity(activity, output, segments=segments)
    count = len(activity.records)
    if as_json:
        document = {"format_version": FORMAT_VERSION, "written": str(path)}
        print_json(document | {"n_records": count})
    else:
        note(f"{text.counted(count, 'record')}: {path}")
    return ExitCode.OK
