"""The options that several commands share, and how they become arguments of the library.

The dataclasses stand for options that go together: a command takes one as a parameter, and
`trailstats.cli._app.command` gives the program an option for each of its fields.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

from trailstats.analysis import Options
from trailstats.boundary import near
from trailstats.cache import cache_folder
from trailstats.cleaning import CleanRules
from trailstats.cli._declarations import argument, option
from trailstats.cli._exit import UsageProblem
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.model.athlete import Athlete
from trailstats.report.units import Units
from trailstats.schema import SurfaceSource
from trailstats.terrain import RoadMap, TerrainRules
from trailstats.terrain.dem import GroundTiles
from trailstats.terrain.inputs import as_labels
from trailstats.terrain.maps.fetching import MapStore

Sources = Annotated[list[str], argument("sources")]
File = Annotated[str, argument("file")]
AthleteFile = Annotated[Path | None, option("athlete")]
Evidence = Annotated[str | None, option("evidence")]
Maps = Annotated[list[Path] | None, option("map")]
Labels = Annotated[Path | None, option("labels")]
Dem = Annotated[list[Path] | None, option("dem")]
TerrainModel = Annotated[str, option("terrain-model")]
OwnPace = Annotated[bool, option("own-pace")]
Workers = Annotated[int | None, option("workers")]
CacheFolder = Annotated[Path | None, option("cache")]
NoCache = Annotated[bool, option("no-cache")]
TimeLimit = Annotated[float, option("time-limit")]
Dask = Annotated[str | None, option("dask")]
Imperial = Annotated[bool, option("imperial")]
Json = Annotated[bool, option("json")]
Since = Annotated[str | None, option("since")]
Until = Annotated[str | None, option("until")]
Sports = Annotated[list[str] | None, option("sport")]
Races = Annotated[list[str] | None, option("race")]


STANDARD = "-"
"""Stands for standard input or output."""
STANDARD_INPUT = "standard input"
"""What a recording that was piped is called."""


def check_output(path: Path, suffixes: Sequence[str] = ()) -> None:
    """Refuse a file that could not be written, before the work and not after it.

    Raises
    ------
    UsageProblem
        When its suffix is none of those that there are, or its folder is not there or may not be
        written to.
    """
    if str(path) == STANDARD:
        return
    if suffixes and path.suffix.lower() not in suffixes:
        raise UsageProblem(f"{path}: the suffix is none of {', '.join(suffixes)}")
    if not path.absolute().parent.is_dir():
        raise UsageProblem(f"{path}: there is no folder {path.absolute().parent}")
    if not os.access(path.absolute().parent, os.W_OK):
        raise UsageProblem(
            f"{path}: nothing may be written in {path.absolute().parent}"
        )


@dataclass(frozen=True)
class Runner:
    """Who ran, and the days of the races."""

    athlete: AthleteFile = None
    race: Races = None

    @property
    def races(self) -> tuple[dt.date, ...]:
        """The days of races.

        Raises
        ------
        ConfigError
            When a text is not a date.
        """
        return tuple(_day(text) for text in self.race or ())


@dataclass(frozen=True)
class Ground:
    """The evidence for road or trail, and what corrects the elevation."""

    evidence: Evidence = None
    map: Maps = None
    labels: Labels = None
    dem: Dem = None
    model: TerrainModel = ""

    def options(self, cache: Path | None) -> partial[Options]:
        """Return what makes the options that an athlete's activities are measured with; a cache
        that was named takes the maps' indexes, too.

        Raises
        ------
        ConfigError
            For an unknown kind of evidence, an extract that is not there, a label file that can't
            be understood.
        """
        return partial(
            Options.of,
            terrain=_terrain_rules(self.evidence, self.model),
            map=self.road_map(cache),
            labels=as_labels(self.labels),
            cleaning=CleanRules(
                dem=GroundTiles.of(*self.dem) if self.dem else None
            ),
        )

    def road_map(self, cache: Path | None) -> RoadMap | None:
        """Return the map that was named, else the one that was fetched; None without any.

        Raises
        ------
        ConfigError
            For an extract that is not there.
        """
        folder = None if cache is None else cache / "maps"
        if self.map:
            return RoadMap(self.map, cache=folder)
        return MapStore().road_map(folder)


@dataclass(frozen=True)
class Processes:
    """How many processes work, and where they keep what they computed."""

    workers: Workers = None
    cache: CacheFolder = None
    no_cache: NoCache = False

    @property
    def folder(self) -> Path | None:
        """The folder of the cache; None for none."""
        return None if self.no_cache else self.cache or cache_folder()


@dataclass(frozen=True)
class Chosen:
    """Which activities are looked at."""

    since: Since = None
    until: Until = None
    sport: Sports = None

    def of(self, history: History) -> History:
        """Return a history without the others.

        Raises
        ------
        ConfigError
            When a text is not a date.
        UsageProblem
            When no activity is of such a sport.
        """
        if not (self.since or self.until or self.sport):
            return history
        known = sorted({s for s in history.activities["sport"] if s})
        for name in self.sport or ():
            if name not in known:
                raise UsageProblem(
                    f"--sport: no activity is {name!r}{near(name, known)}; there are "
                    f"{', '.join(known) or 'none'}"
                )
        return history.selected(
            since=_day(self.since, "--since") if self.since else None,
            until=_day(self.until, "--until") if self.until else None,
            sports=self.sport or (),
        )


@dataclass(frozen=True)
class Shown:
    """How the answer is shown."""

    imperial: Imperial = False
    as_json: Json = False

    @property
    def units(self) -> Units:
        """The units of what a person reads."""
        return Units.of(self.imperial)


def athlete_of(path: Path | None) -> Athlete:
    """Return the profile in a file, or an empty one."""
    return Athlete.from_toml(path) if path is not None else Athlete()


def _terrain_rules(evidence: str | None, model: str) -> TerrainRules:
    if evidence is None:
        return TerrainRules(model=model)
    names = [name.strip() for name in evidence.split(",") if name.strip()]
    allowed = set(SurfaceSource) - {SurfaceSource.NONE}
    unknown = [name for name in names if name not in allowed]
    if unknown or not names:
        what = repr(unknown[0]) if unknown else "nothing"
        raise ConfigError(
            f"--evidence: {what} is none of signal, tag, map, label"
        )
    sources = frozenset(SurfaceSource(name) for name in names)
    return TerrainRules(sources=sources, model=model)


def _day(text: str, given_as: str = "--race") -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{given_as}: {text!r} is no date such as 2026-05-10"
        ) from None
