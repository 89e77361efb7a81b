"""From folders of recordings to histories: `analyze_folder`, and `analyze_athletes` for several
athletes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from trailstats.analysis import Options
from trailstats.boundary import reason_of
from trailstats.cache import Cache
from trailstats.cleaning import CleanRules
from trailstats.errors import ReadError
from trailstats.history._gather import Work, gather_with_own_cadence
from trailstats.history._history import History, combine
from trailstats.history._progress import Step, lines
from trailstats.history._stored import Stored, StoredAnalyses
from trailstats.history._workers import Engine, Job
from trailstats.io.containers import Failure, list_all
from trailstats.io.formats import ReadLimits
from trailstats.model.athlete import Athlete
from trailstats.model.inputs import AthleteLike, as_athlete, as_choice, wrong_type
from trailstats.terrain import Baseline, TerrainRules
from trailstats.terrain.inputs import LabelsLike, MapLike, as_map

Place = str | os.PathLike[str]
Source = Place | Iterable[Place]

PROFILE = "athlete.toml"

TIME_LIMIT = 120.0
"""Time after which a source is given up [s] (our choice): one of 100 hours takes a few seconds."""


class OnError(StrEnum):
    """What a source that fails does to the rest.

    Examples
    --------
    >>> import trailstats as ts
    >>> try:
    ...     ts.analyze_folder("data/samples/odd", on_error=ts.OnError.RAISE)
    ... except ts.ReadError:
    ...     print("stopped at the first")
    stopped at the first
    """

    COLLECT = "collect"
    RAISE = "raise"


def analyze_folder(
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
    own_pace: bool = False,
    limits: ReadLimits | None = None,
    progress: Step | bool = False,
) -> History:
    """Analyse every activity in a folder, an archive, or several of them.

    Parameters
    ----------
    source : path, or an iterable of paths
        Folders are read recursively; zips are opened.
    athlete : Athlete, path or mapping, optional
        A profile, a TOML file with one, or its keys and values. Where it has no maximum heart rate,
        that is read from all recordings together; so is the cadence by which steps are modelled
        where none was recorded.
    workers : int, optional
        Processes; by default as many as the machine has processors. 1 works in this one, where
        neither the time limit nor a death of the process can be held to one source.
    executor : concurrent.futures.Executor, optional
        Runs the work instead of own processes, such as ``client.get_executor()`` of a Dask client.
        Time limits are then its own matter.
    cache : path or Cache, optional
        Folder of what was measured before: only what is new or has changed is measured. None keeps
        nothing.
    time_limit : float, optional
        A source that takes longer fails [s].
    on_error : OnError or its text
        Collect failures as rows, or raise the first that is met.
    cleaning : CleanRules, optional
    terrain : TerrainRules, optional
    map : RoadMap, path or list of paths, optional
        Local map extracts; by default those of the athlete's profile.
    labels : SurfaceLabels or path, optional
        The runner's own labels of stretches.
    own_pace : bool
        Take the pace on flat road that these recordings show as evidence of the ground, see
        `Baseline`, in a second pass over the sources. They must all be of one athlete.
    limits : ReadLimits, optional
    progress : bool or callable
        True writes lines to standard error; a function is called with the number of sources done
        and their total. The second pass of ``own_pace``, over all of them, counts anew; a line says
        so.

    Returns
    -------
    History
        One row for each activity and one for each source that failed: nothing is left out.

    Raises
    ------
    ReadError
        When the path, or each of several, does not exist, or for the first failure if ``on_error``
        asks for that.
    ConfigError
        When no cache can be kept in the folder named, a profile, label file or map can't be read,
        or ``on_error`` is no choice.
    TypeError
        For an option of another type.
    MissingExtraError, WriteError
        When the map can't be indexed; see `RoadMap`.
    WorkerError
        When processes can't be started.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/odd")
    >>> bool((history.activities["status"] == "failed").any())
    True
    """
    known = as_athlete(athlete)
    options = Options.of(
        athlete=known,
        cleaning=cleaning,
        terrain=terrain,
        map=map,
        labels=labels,
        limits=limits,
    )
    work = work_of(
        cache,
        Engine(workers, executor, time_limit),
        progress=progress,
        on_error=on_error,
    )
    return histories_of({"": source}, {"": options}, work, own_pace=own_pace)[""]


def analyze_athletes(
    sources: str | os.PathLike[str] | Mapping[str, Source],
    *,
    profiles: Mapping[str, AthleteLike] | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    cache: str | os.PathLike[str] | Cache | None = None,
    time_limit: float | None = TIME_LIMIT,
    on_error: OnError | str = OnError.COLLECT,
    cleaning: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: MapLike | None = None,
    labels: LabelsLike | None = None,
    own_pace: bool = False,
    limits: ReadLimits | None = None,
    progress: Step | bool = False,
) -> dict[str, History]:
    """Analyse the activities of several athletes in one go.

    Parameters
    ----------
    sources : path, or mapping of str to source
        A folder with a folder for each athlete, perhaps with an ``athlete.toml`` in it; or what to
        read by name.
    profiles : mapping of str to Athlete, path or mapping, optional
        By the same names; they go before the files.
    workers, executor, cache, time_limit, on_error, cleaning, terrain, map, labels, own_pace,
    limits, progress
        As in `analyze_folder`, over the sources of all athletes.

    Returns
    -------
    dict of str to History
        One for each athlete, in the order of the names.

    Raises
    ------
    ReadError, ConfigError, WorkerError
        As in `analyze_folder`; also when a profile can't be read, or there is no folder of an
        athlete.

    Examples
    --------
    >>> import trailstats as ts
    >>> folder = "data/samples/odd"
    >>> found = ts.analyze_athletes({"one": folder, "other": f"{folder}/two-tracks.gpx"})
    >>> list(found)
    ['one', 'other']
    """
    folders = (
        sources if isinstance(sources, Mapping) else athlete_folders(sources)
    )
    given = profiles or {}
    extracts = as_map(map)
    options = {
        name: Options.of(
            athlete=as_athlete(given[name])
            if name in given
            else profile_in(folder),
            cleaning=cleaning,
            terrain=terrain,
            map=extracts,
            labels=labels,
            limits=limits,
        )
        for name, folder in folders.items()
    }
    work = work_of(
        cache,
        Engine(workers, executor, time_limit),
        progress=progress,
        on_error=on_error,
    )
    return histories_of(folders, options, work, own_pace=own_pace)


def work_of(
    cache: str | os.PathLike[str] | Cache | None,
    engine: Engine,
    *,
    progress: Step | bool = False,
    on_error: OnError | str = OnError.COLLECT,
) -> Work:
    """Return how sources are worked through, of what a caller gave."""
    if not isinstance(cache, Cache | str | os.PathLike | None):
        raise wrong_type("cache", cache, "a Cache or the path of a folder")
    if not isinstance(progress, bool) and not callable(progress):
        raise wrong_type("progress", progress, "True, False or a function")
    raising = as_choice(OnError, on_error, option="on_error") is OnError.RAISE
    store = cache if isinstance(cache, Cache) else Cache(cache)
    # One for both passes of ``own_pace``: it says when the second begins.
    show = lines(sys.stderr) if progress is True else progress or None
    return Work(store, engine, show, raising)


def histories_of(
    sources: Mapping[str, Source],
    options: Mapping[str, Options],
    work: Work,
    *,
    own_pace: bool = False,
) -> dict[str, History]:
    """Return a history for each name, of its sources and measured with its options.

    With ``own_pace`` everything is worked through twice: the pace on flat road that the first pass
    shows is evidence of the ground in the second.
    """
    places = {name: places_of(source) for name, source in sources.items()}
    found = _histories(places, options, work)
    paces = {}
    if own_pace:
        paces = {
            name: Baseline.from_segments(one.segments)
            for name, one in found.items()
        }
    if not any(paces.values()):
        return found
    with_pace = dict(options)
    for name, pace in paces.items():
        if pace:
            terrain = replace(options[name].terrain, baseline=pace)
            with_pace[name] = replace(options[name], terrain=terrain)
    return _histories(places, with_pace, work)


def _histories(
    places: Mapping[str, Sequence[Place]],
    options: Mapping[str, Options],
    work: Work,
) -> dict[str, History]:
    """Work through all sources once."""
    jobs: list[Job] = []
    owners: list[str] = []
    for name, own in places.items():
        found_here = jobs_of(own, options[name].for_measuring())
        jobs += found_here
        owners += [name] * len(found_here)
    found: dict[str, list[Stored | Failure]] = {name: [] for name in places}
    for name, items in zip(
        owners, gather_with_own_cadence(jobs, work), strict=True
    ):
        found[name].extend(items)
    return {
        name: _history_of(found[name], options[name].athlete) for name in places
    }


def places_of(source: Source) -> list[Place]:
    """Return the places that a caller gave, as one or several."""
    return [source] if isinstance(source, str | os.PathLike) else list(source)


def jobs_of(places: Sequence[Place], options: Options) -> list[Job]:
    """Return a job for each source at some places.

    Raises
    ------
    ReadError
        When none of them exists.
    """
    return [(ref, options) for ref in list_all(places, limits=options.limits)]


def _history_of(items: list[Stored | Failure], athlete: Athlete) -> History:
    stored = [item for item in items if isinstance(item, Stored)]
    failures = [item for item in items if isinstance(item, Failure)]
    return combine(StoredAnalyses(stored), failures, athlete)


def athlete_folders(root: str | os.PathLike[str]) -> dict[str, str]:
    """Return the folders in a folder by name, hidden ones left out.

    Raises
    ------
    ReadError
        When it can't be listed or holds none.
    """
    try:
        folders = sorted(
            p
            for p in Path(root).iterdir()
            if p.is_dir() and not p.name.startswith(".")
        )
    except OSError as error:
        raise ReadError(
            f"can't be listed: {reason_of(error)}", path=str(root)
        ) from None
    if not folders:
        raise ReadError(
            "it holds no folders: one for each athlete is needed", path=str(root)
        )
    return {p.name: str(p) for p in folders}


def profile_in(source: object) -> Athlete:
    """Return the profile that lies in a folder; an empty one where there is none, or no folder."""
    if isinstance(source, str | os.PathLike):
        path = Path(source) / PROFILE
        if path.is_file():
            return Athlete.from_toml(path)
    return Athlete()
