"""The command `sample`: a small archive of a simulated runner, to try the program on."""

from __future__ import annotations

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

from trailstats.boundary import reason_of
from trailstats.cli import _options as o
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json
from trailstats.cli._declarations import argument
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.errors import WriteError
from trailstats.io.tables import write_atomically
from trailstats.schema import FORMAT_VERSION

PROFILE = "athlete.toml"


@command
def sample(
    folder: Annotated[Path, argument("sample-folder")],
    as_json: o.Json = False,
) -> ExitCode:
    """Write a small archive of a simulated runner: recordings of 21 weeks and a profile.

    Example: trailstats sample runs
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageProblem(
            f"{folder}: it is not empty; name a folder that is not there"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{folder}: can't be made: {reason_of(error)}") from None
    files = sample_files()
    for file in files:
        write_atomically(folder / file.name, file.read_bytes())
    if as_json:
        document = {"format_version": FORMAT_VERSION, "written": str(folder)}
        print_json(document | {"files": sorted(file.name for file in files)})
    else:
        note(f"{len(files) - 1} runs and a profile: {folder}")
        report = f"trailstats report {folder} --athlete {folder / PROFILE}"
        note(f"next: {report} -o report.html")
    return ExitCode.OK


def sample_files() -> list[Traversable]:
    """Return the recordings and the profile: the installed ones, or those of a checkout."""
    home = resources.files("trailstats.cli")
    packaged = home.joinpath("sample")
    if packaged.is_dir():
        return list(packaged.iterdir())
    samples = Path(__file__).resolve().parents[2] / "data" / "samples"
    days = tomllib.loads(home.joinpath("sample.toml").read_text("utf-8"))
    runs: list[Traversable] = [
        path
        for path in sorted((samples / "archive").iterdir())
        if days["first"] <= path.name[:10] <= days["last"]
    ]
    return [*runs, samples / PROFILE]
