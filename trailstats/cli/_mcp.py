"""The command `mcp`: answers for agents, over standard input and output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from trailstats.cli import _options as o
from trailstats.cli._app import command
from trailstats.cli._console import print_json
from trailstats.cli._declarations import argument
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.cli._work import Work
from trailstats.mcp import TOOLS, Archive, serve
from trailstats.mcp._schemas import DECLARED, inputs, outputs
from trailstats.schema import FORMAT_VERSION


@command
def mcp(
    folder: Annotated[Path, argument("mcp-folder")],
    athlete: o.AthleteFile = None,
    *,
    work: Work,
    as_json: o.Json = False,
) -> ExitCode:
    """Answer agents from a folder by the Model Context Protocol, over standard input and output.

    Example: trailstats mcp runs/ --athlete athlete.toml
    """
    if as_json:
        tools = {
            name: {
                "help": DECLARED["tool"][name]["help"],
                "input": inputs()[name],
                "output": outputs()[name],
            }
            for name in TOOLS
        }
        print_json({"format_version": FORMAT_VERSION, "tools": tools})
        return ExitCode.OK
    if not folder.is_dir():
        raise UsageProblem(f"{folder}: there is no such folder")
    runner = o.athlete_of(athlete)
    serve(Archive(folder, lambda: work.history([str(folder)], runner)))
    return ExitCode.OK
