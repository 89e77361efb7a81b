"""The command `serve`: the report as a living page on this computer."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Annotated

from trailstats.cli import _options as o
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json
from trailstats.cli._declarations import argument, option
from trailstats.cli._exit import ExitCode
from trailstats.schema import FORMAT_VERSION


@command
def serve(
    folder: Annotated[str, argument("serve-folder")] = ".",
    *,
    athlete: o.AthleteFile = None,
    ground: o.Ground,
    processes: o.Processes,
    port: Annotated[int, option("serve-port")] = 0,
    origin: Annotated[str, option("serve-origin")] = "",
    open_page: Annotated[bool, option("serve-open")] = False,
    shown: o.Shown,
) -> ExitCode:
    """Serve the report as a living page on this computer; it takes files and watches the folder.

    Example: trailstats serve runs/ --open
    """
    from trailstats.report.living import Door, Setup
    from trailstats.report.living import serve as serve_folder

    def opened(address: str) -> None:
        if shown.as_json:
            print_json({"format_version": FORMAT_VERSION, "address": address})
        else:
            note(f"open {address}")
            note(
                "it is for you alone: the address holds a secret; Ctrl+C ends it"
            )
        sys.stdout.flush()
        if open_page:
            webbrowser.open(address)

    cache = processes.folder
    options = ground.options(cache)()
    setup = Setup(
        terrain=options.terrain,
        map=options.map,
        labels=options.labels,
        cleaning=options.cleaning,
        workers=processes.workers,
        cache=cache,
        imperial=shown.imperial,
    )
    serve_folder(
        Path(folder),
        profile=athlete,
        setup=setup,
        door=Door(port, opened, origin),
    )
    return ExitCode.OK
