"""The commands that answer from many activities: `report` and `claims`."""

from __future__ import annotations

import sys
import webbrowser
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from trailstats import schema
from trailstats.boundary import near
from trailstats.cli import _claim_tables as claim_tables
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json
from trailstats.cli._declarations import option
from trailstats.cli._exit import ExitCode, UsageProblem, code_for
from trailstats.cli._explained import print_explained
from trailstats.cli._work import Work
from trailstats.history import History
from trailstats.schema.documents import rows

_PAGES = (".html", ".htm")


@dataclass(frozen=True)
class Pages:
    """How the page is written, and what beside it."""

    split: Annotated[bool, option("report-split")] = False
    png: Annotated[Path | None, option("report-png")] = None
    data: Annotated[Path | None, option("report-data")] = None
    data_format: Annotated[str, option("report-data-format")] = "csv"
    open: Annotated[bool, option("report-open")] = False
    force: Annotated[bool, option("report-force")] = False

    def check(self, output: Path) -> None:
        """Refuse what can't be done, before the work.

        Raises
        ------
        UsageProblem
        """
        from trailstats.report import is_report

        o.check_output(output, _PAGES)
        if self.data_format not in ("csv", "parquet"):
            raise UsageProblem(
                f"--data-format: {self.data_format!r} is none of csv, parquet"
            )
        if str(output) == o.STANDARD:
            if self.split or self.open:
                raise UsageProblem("-o -: needs a file for --split and --open")
            return
        if output.is_dir():
            raise UsageProblem(f"{output}: it is a folder; name a file in it")
        if output.exists() and not self.force and not is_report(output):
            raise UsageProblem(
                f"{output}: it is there and no report of trailstats; --force replaces it"
            )


@command
def report(
    sources: o.Sources,
    output: Annotated[Path, option("report-output")] = Path("report.html"),
    *,
    runner: o.Runner,
    pages: Pages,
    work: Work,
    shown: o.Shown,
) -> ExitCode:
    """Write the report: everything, in one self-contained page.

    Example: trailstats report runs/ --athlete athlete.toml -o report.html
    """
    from trailstats.claims import claims_document, evaluate_claims
    from trailstats.claims.plan import check_plan
    from trailstats.plots import write_pictures
    from trailstats.report import write_report
    from trailstats.report.data import write_data

    pages.check(output)
    races = runner.races
    history = work.history(sources, o.athlete_of(runner.athlete))
    if not len(history.analyses):
        return _without_activities(history, sources, shown.as_json)
    results = evaluate_claims(history, races=races)
    rules = check_plan(history, races=races)
    write = partial(
        write_report,
        history,
        claims=results,
        rules=rules,
        imperial=shown.imperial,
        map=work.ground.road_map(work.processes.cache),
    )
    if str(output) == o.STANDARD:
        with TemporaryDirectory() as folder:
            page = write(Path(folder) / "page.html")
            sys.stdout.write(page.read_text("utf-8"))
        return code_for([history])
    path = write(output, split=pages.split)
    if pages.data is not None:
        suffix = f".{pages.data_format}"
        write_data(history, pages.data, results=results, suffix=suffix)
    if pages.png is not None:
        write_pictures(
            history, pages.png, results=results, imperial=shown.imperial
        )
    if shown.as_json:
        print_json(
            claims_document(history, results, rules) | {"report": str(path)}
        )
    else:
        tables.summary(history, shown.units)
        tables.claims(results, shown.units)
        tables.failures(history, sources)
        note(f"report: {path.absolute()}")
        if pages.data is not None:
            note(f"tables: {pages.data}")
    if pages.open:
        webbrowser.open(path.absolute().as_uri())
    return code_for([history])


@command
def claims(
    sources: o.Sources,
    runner: o.Runner,
    explain: Annotated[str | None, option("claims-explain")] = None,
    by_athlete: Annotated[bool, option("claims-by-athlete")] = False,
    *,
    work: Work,
    shown: o.Shown,
) -> ExitCode:
    """Answer the article's claims for this runner, with intervals or "not enough data".

    Example: trailstats claims runs/ --athlete athlete.toml --race 2026-05-10
    """
    from trailstats.claims import (
        CLAIMS,
        claims_document,
        evaluate_claims,
        explain_runs,
    )
    from trailstats.claims import explain as explain_claim
    from trailstats.claims.plan import check_plan

    if explain is not None and explain not in CLAIMS:
        raise UsageProblem(
            f"--explain: there is no claim {explain!r}{near(explain, CLAIMS)}; known are "
            f"{', '.join(CLAIMS)}"
        )
    if by_athlete:
        return _pooled(sources, work, shown)
    races = runner.races
    history = work.history(sources, o.athlete_of(runner.athlete))
    if not len(history.analyses):
        return _without_activities(history, sources, shown.as_json)
    if explain is not None:
        runs = explain_runs(history, explain, races=races)
        rests = explain_claim(history, explain, races=races)
        if shown.as_json:
            document = {"runs": rows(runs), "rows": rows(rests)}
            print_json({"format_version": schema.FORMAT_VERSION} | document)
        else:
            print_explained(history, rests, runs, shown.units)
        return code_for([history])
    results = evaluate_claims(history, races=races)
    rules = check_plan(history, races=races)
    if shown.as_json:
        print_json(claims_document(history, results, rules))
    else:
        tables.summary(history, shown.units)
        tables.claims(results, shown.units)
        tables.rules(rules, shown.units)
        tables.failures(history, sources)
    return code_for([history])


def _pooled(sources: list[str], work: Work, shown: o.Shown) -> ExitCode:
    """Pool the answers of the athletes who have a folder in the one that is named."""
    from trailstats.claims import evaluate_claims
    from trailstats.claims.pooled import pool_claims, pooled_document

    if len(sources) != 1:
        raise UsageProblem("--by-athlete: name one folder with one for each")
    histories = work.histories(sources[0])
    answers = {
        name: evaluate_claims(history) for name, history in histories.items()
    }
    found = pool_claims(answers)
    if shown.as_json:
        print_json(pooled_document(found))
    else:
        claim_tables.pooled(found, shown.units)
    return code_for(list(histories.values()))


def _without_activities(
    history: History, sources: list[str], as_json: bool
) -> ExitCode:
    """Say that nothing could be read."""
    if as_json:
        print_json(history.to_dict())
    else:
        tables.failures(history, sources)
    return ExitCode.NOTHING_READ
