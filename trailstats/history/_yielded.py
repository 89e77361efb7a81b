"""Analyses one by one as they are done, for those who show them as they come."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import closing

from trailstats.analysis import judge
from trailstats.analysis.options import Options
from trailstats.cache import Cache
from trailstats.cleaning import CleanRules
from trailstats.history._gather import gathered
from trailstats.history._sources import (
    TIME_LIMIT,
    OnError,
    Source,
    jobs_of,
    places_of,
    work_of,
)
from trailstats.history._stored import Stored
from trailstats.history._workers import Engine
from trailstats.io.containers import Failure
from trailstats.io.formats import ReadLimits
from trailstats.model.inputs import AthleteLike
from trailstats.model.limits import resolve_limits
from trailstats.model.results import Analysis
from trailstats.terrain import TerrainRules
from trailstats.terrain.inputs import LabelsLike, MapLike


def iter_analyses(
    source: Source,
    *,
    athlete: AthleteLike | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    cache: str | os.PathLike[str] | Cache | None = None,
    time_limit: float | None = TIME_LIMIT,
    on_error: OnError | str = OnError.COLLECT,
    cleaning: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: MapLike | None = None,
    labels: LabelsLike | None = None,
    limits: ReadLimits | None = None,
    tables: bool = True,
) -> Iterator[Analysis | Failure]:
    """Analyse every activity in a folder, and give each as soon as it is done.

    Parameters
    ----------
    source, workers, executor, cache, time_limit, on_error, cleaning, terrain, map, labels, limits
        As in `analyze_folder`.
    athlete : Athlete, path or mapping, optional
        Heart-rate limits and cadence are those of the profile: what all recordings show of them is
        known only after the last.
    tables : bool
        False leaves the tables of each empty, for totals and metrics alone: less has to be put
        together.

    Yields
    ------
    Analysis or Failure
        Each as `analyze` gives it: first those that the cache has, then those measured, as they end
        and not in order of time. With a cache, `analyze_folder` measures nothing of it again.

    Raises
    ------
    ReadError, ConfigError, TypeError, MissingExtraError, WriteError, WorkerError
        As in `analyze_folder`, when the first is asked for.

    Examples
    --------
    >>> import trailstats as ts
    >>> found = ts.iter_analyses("data/samples/odd", workers=1)
    >>> sum(isinstance(one, ts.Analysis) for one in found) > 3
    True
    """
    options = Options.of(
        athlete=athlete,
        cleaning=cleaning,
        terrain=terrain,
        map=map,
        labels=labels,
        limits=limits,
    )
    work = work_of(
        cache, Engine(workers, executor, time_limit), on_error=on_error
    )
    jobs = jobs_of(places_of(source), options.for_measuring())
    with closing(gathered(jobs, work)) as results:
        for _, items in results:
            for item in items:
                yield (
                    _judged(item, options, tables)
                    if isinstance(item, Stored)
                    else item
                )


def _judged(item: Stored, options: Options, tables: bool) -> Analysis:
    limits = resolve_limits(options.athlete, day=item.start)
    found = item.whole() if tables else item.outline()
    return judge(found, limits, options.athlete)
