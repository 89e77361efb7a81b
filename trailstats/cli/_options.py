"""The options that several commands share, and how they become arguments of the library."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from trailstats.athlete import Athlete
from trailstats.cache import default_folder
from trailstats.cli._exit import UsageProblem
from trailstats.errors import ConfigError
from trailstats.schema import SurfaceSource
from trailstats.terrain import TerrainRules

Sources = Annotated[
    list[str],
    typer.Argument(metavar="SOURCE...", help="Files, folders or zips; folders are read recursively."),
]
File = Annotated[str, typer.Argument(metavar="FILE", help="One recorded activity.")]
AthleteFile = Annotated[Path | None, typer.Option("--athlete", metavar="FILE", help="Profile of the runner (TOML).")]
Evidence = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Evidence allowed for road or trail, of: signal,tag,map,label. Default: all there is.",
    ),
]
Maps = Annotated[list[Path] | None, typer.Option("--map", metavar="FILE", help="Local map extract; repeatable.")]
Labels = Annotated[Path | None, typer.Option("--labels", metavar="FILE", help="Your own surface labels.")]
Workers = Annotated[int | None, typer.Option(min=1, metavar="N", help="Processes. Default: one per processor.")]
CacheFolder = Annotated[
    Path | None,
    typer.Option("--cache", metavar="DIR", help="Where to keep what was computed. Default: the user's own."),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Compute everything anew, and keep nothing.")]
TimeLimit = Annotated[
    float, typer.Option("--time-limit", min=0.1, metavar="SECONDS", help="A source that takes longer fails.")
]
Dask = Annotated[
    str | None, typer.Option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster that does the work.")
]
Imperial = Annotated[bool, typer.Option("--imperial", help="Miles and feet.")]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON document instead of tables.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Races = Annotated[
    list[str] | None,
    typer.Option("--race", metavar="DATE", help="Day of a road race, as 2026-05-10; repeatable."),
]


def athlete_of(path: Path | None) -> Athlete:
    """Return the profile in a file, or an empty one."""
    return Athlete.from_toml(path) if path is not None else Athlete()


def terrain_of(evidence: str | None, maps: list[Path] | None, labels: Path | None) -> TerrainRules:
    """Return the terrain rules for what may count as evidence.

    Raises
    ------
    UsageProblem
        For map extracts and label files, which this version can't use.
    ConfigError
        For an unknown kind of evidence.
    """
    if maps:
        raise UsageProblem("--map: this version has no map evidence yet; leave it out to use tags and the recording")
    if labels is not None:
        raise UsageProblem("--labels: this version can't read label files yet; leave it out")
    if evidence is None:
        return TerrainRules()
    names = [name.strip() for name in evidence.split(",") if name.strip()]
    allowed = {s.value for s in SurfaceSource} - {SurfaceSource.NONE.value}
    unknown = [name for name in names if name not in allowed]
    if unknown or not names:
        what = repr(unknown[0]) if unknown else "nothing"
        raise ConfigError(f"--evidence: {what} is none of signal, tag, map, label")
    return TerrainRules(sources=frozenset(SurfaceSource(name) for name in names))


def cache_of(folder: Path | None, no_cache: bool) -> Path | None:
    """Return the folder of the cache; None for none."""
    return None if no_cache else folder or default_folder()


def race_days(texts: list[str] | None) -> tuple[dt.date, ...]:
    """Return the days of races.

    Raises
    ------
    ConfigError
        When a text is no date.
    """
    days = []
    for text in texts or []:
        try:
            days.append(dt.date.fromisoformat(text))
        except ValueError:
            raise ConfigError(f"--race: {text!r} is no date such as 2026-05-10") from None
    return tuple(days)
