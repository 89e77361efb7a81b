"""The commands that answer from many activities: `report` and `claims`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import begin, command, print_json
from trailstats.cli._batch import code_for
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.cli._work import Work
from trailstats.history import TIME_LIMIT, History


@command
def report(
    sources: o.Sources,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")
    ] = Path("report.html"),
    athlete: o.AthleteFile = None,
    race: o.Races = None,
    split: Annotated[
        bool, typer.Option("--split", help="Activities as pages beside the front page.")
    ] = False,
    png: Annotated[
        Path | None,
        typer.Option(
            "--png", metavar="DIR", help="Write the charts as PNG and SVG too."
        ),
    ] = None,
    evidence: o.Evidence = None,
    map: o.Maps = None,
    labels: o.Labels = None,
    dem: o.Dem = None,
    own_pace: o.OwnPace = False,
    workers: o.Workers = None,
    cache: o.CacheFolder = None,
    no_cache: o.NoCache = False,
    time_limit: o.TimeLimit = TIME_LIMIT,
    dask: o.Dask = None,
    imperial: o.Imperial = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Write the report: everything, in one self-contained page.

    Example: trailstats report runs/ --athlete athlete.toml -o report.html
    """
    begin(as_json, debug)
    from trailstats.claims import claims_document, evaluate_claims
    from trailstats.claims.plan import check_plan
    from trailstats.plots import write_pictures
    from trailstats.report import write_report

    o.check_output(output)
    if output.is_dir():
        raise UsageProblem(f"{output}: it is a folder; name a file in it")
    work = Work(workers, cache, no_cache, time_limit, dask)
    history = work.history(
        sources,
        o.athlete_of(athlete),
        o.ground_of(evidence, map, labels, dem, cache, own_pace),
    )
    if not len(history.analyses):
        _nothing(history, as_json)
        return ExitCode.NOTHING_READ
    races = o.race_days(race)
    claims, rules = (
        evaluate_claims(history, races=races),
        check_plan(history, races=races),
    )
    path = write_report(
        history, output, claims=claims, rules=rules, imperial=imperial, split=split
    )
    if png is not None:
        write_pictures(history, png, results=claims, imperial=imperial)
    if as_json:
        print_json(claims_document(history, claims, rules) | {"report": str(path)})
    else:
        tables.summary(history, imperial)
        tables.claims(claims, imperial)
        tables.failures(history)
        tables.note(f"report: {path}")
    return code_for({"": history})


@command
def claims(
    sources: o.Sources,
    athlete: o.AthleteFile = None,
    race: o.Races = None,
    explain: Annotated[
        str | None,
        typer.Option(metavar="CLAIM", help="List the runs that one answer rests on."),
    ] = None,
    evidence: o.Evidence = None,
    map: o.Maps = None,
    labels: o.Labels = None,
    dem: o.Dem = None,
    own_pace: o.OwnPace = False,
    workers: o.Workers = None,
    cache: o.CacheFolder = None,
    no_cache: o.NoCache = False,
    time_limit: o.TimeLimit = TIME_LIMIT,
    dask: o.Dask = None,
    imperial: o.Imperial = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Answer the article's claims for this runner, with intervals or "not enough data".

    Example: trailstats claims runs/ --athlete athlete.toml --race 2026-05-10
    """
    begin(as_json, debug)
    from trailstats.claims import CLAIMS, claims_document, evaluate_claims
    from trailstats.claims import explain as explain_claim
    from trailstats.claims.plan import check_plan

    if explain is not None and explain not in CLAIMS:
        raise UsageProblem(
            f"--explain: there is no claim {explain!r}; known are {', '.join(CLAIMS)}"
        )
    races = o.race_days(race)
    work = Work(workers, cache, no_cache, time_limit, dask)
    history = work.history(
        sources,
        o.athlete_of(athlete),
        o.ground_of(evidence, map, labels, dem, cache, own_pace),
    )
    if not len(history.analyses):
        _nothing(history, as_json)
        return ExitCode.NOTHING_READ
    if explain is not None:
        tables.frame(explain_claim(history, explain, races=races), as_json)
        return code_for({"": history})
    results, rules = (
        evaluate_claims(history, races=races),
        check_plan(history, races=races),
    )
    if as_json:
        print_json(claims_document(history, results, rules))
    else:
        tables.summary(history, imperial)
        tables.claims(results, imperial)
        tables.rules(rules)
        tables.failures(history)
    return code_for({"": history})


def _nothing(history: History, as_json: bool) -> None:
    if as_json:
        print_json(history.to_dict())
    else:
        tables.failures(history)
