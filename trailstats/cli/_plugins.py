"""The command `plugins`: what other packages add."""

from __future__ import annotations

from dataclasses import asdict

from trailstats.cli import _options as o
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json, print_rows
from trailstats.cli._exit import ExitCode
from trailstats.model.plugins import GROUPS, installed
from trailstats.schema import FORMAT_VERSION


@command
def plugins(as_json: o.Json = False) -> ExitCode:
    """Show what other packages add, and what is wrong with what can't be used.

    Example: trailstats plugins
    """
    found = [one for group in GROUPS for one in installed(group)]
    if as_json:
        listed = [asdict(one) | {"usable": not one.fault} for one in found]
        for item in listed:
            del item["plugin"]
        print_json({"format_version": FORMAT_VERSION, "plugins": listed})
        return ExitCode.OK
    if not found:
        note("no package adds anything")
        return ExitCode.OK
    rows = [
        [one.group.partition(".")[2], one.name, one.package, one.fault or "ok"]
        for one in found
    ]
    print_rows(["kind", "name", "package", "state"], rows)
    return ExitCode.OK
