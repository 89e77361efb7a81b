"""Many athletes, each measured and written where the work is done: only receipts come back.

What is judged is judged within one athlete, so nothing need cross from one to another. Whoever runs
`analyze_partition`, here or on any cluster, gets the same parts.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import closing
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from trailstats.analysis.options import Options
from trailstats.boundary import shown
from trailstats.cache import NAME, Cache
from trailstats.cleaning import CleanRules
from trailstats.errors import TrailstatsError
from trailstats.history._code import AFTER, code_fingerprint
from trailstats.history._executors import as_they_end
from trailstats.history._history import History
from trailstats.history._pool import Loss, processors, run_in_processes
from trailstats.history._sources import (
    Source,
    analyze_folder,
    athlete_folders,
    jobs_of,
    places_of,
    profile_in,
)
from trailstats.history._stored import tables_in_parts
from trailstats.history._workers import trusted
from trailstats.io.containers import stamp_of
from trailstats.io.formats import ReadLimits
from trailstats.io.places import is_there, place_in, read_place, write_place
from trailstats.io.tables import parquet_of
from trailstats.model.fingerprint import fingerprint
from trailstats.model.inputs import AthleteLike, as_athlete
from trailstats.schema import ACTIVITIES, SEGMENTS, WEEKLY, Table
from trailstats.terrain import TerrainRules
from trailstats.terrain.inputs import LabelsLike, MapLike

Parts = Callable[[History], Iterable[pd.DataFrame]]

_TABLES: tuple[tuple[Table, Parts], ...] = (
    (ACTIVITIES, lambda history: [history.activities]),
    (
        SEGMENTS,
        lambda history: chain(
            [SEGMENTS.empty()], tables_in_parts(history.analyses, SEGMENTS)
        ),
    ),
    (WEEKLY, lambda history: [history.weekly()]),
)


@dataclass(frozen=True)
class Receipt:
    """What was made of one athlete's recordings; the tables themselves lie where they were written.

    Attributes
    ----------
    athlete : str
    activities, failures, segments : int
        Rows of what was read, of sources that failed, and of segments.
    distance : float
        Of the activities, copies of the same one included [m].
    parts : tuple of str
        Addresses of the Parquet files.
    basis : str
        Stands for what they follow from: sources, options and code.
    is_new : bool
        Whether they were made now; else they were there already.
    error : str
        Why there are none; empty otherwise.

    Examples
    --------
    >>> from trailstats import Receipt
    >>> Receipt("ada", error="no such file or folder").activities
    0
    """

    athlete: str
    activities: int = 0
    failures: int = 0
    segments: int = 0
    distance: float = 0.0
    parts: tuple[str, ...] = ()
    basis: str = ""
    is_new: bool = True
    error: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the receipt as plain values."""
        return asdict(self) | {"parts": list(self.parts)}


def analyze_partition(
    source: Source,
    athlete: str,
    out: str | os.PathLike[str],
    *,
    profile: AthleteLike | None = None,
    cleaning: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: MapLike | None = None,
    labels: LabelsLike | None = None,
    own_pace: bool = False,
    limits: ReadLimits | None = None,
) -> Receipt:
    """Analyse one athlete's recordings and write the tables where they are wanted.

    A plain function for any engine: it can be pickled, works in the process that calls it, and
    gives back a few hundred bytes.

    Parameters
    ----------
    source : path, address, or an iterable of these
        Of the recordings, as in `analyze_folder`.
    athlete : str
        Name of the partition.
    out : path or address
        Folder of all athletes' tables, on this machine or an object store. In it lie
        ``activities/athlete=NAME/part-0.parquet``, and so for ``segments`` and ``weekly``; the
        receipts; and under ``kept`` what was measured, so that a new recording costs itself.
    profile : Athlete, path or mapping, optional
        By default the ``athlete.toml`` in the source, where there is one.
    cleaning, terrain, map, labels, own_pace, limits
        As in `analyze_folder`.

    Returns
    -------
    Receipt
        The earlier one, where nothing has changed since and its parts are there. Each part is
        written beside its place and moved there, the receipt last: whoever dies in between leaves
        no half part, and the next call does it again.

    Raises
    ------
    ReadError
        When there is no such source.
    WriteError
        When the place can't be written to.
    MissingExtraError
        Without pyarrow, or without fsspec for an address.

    Examples
    --------
    >>> import tempfile
    >>> import trailstats as ts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = ts.analyze_partition("data/samples/odd/two-tracks.gpx", "ada", folder)
    ...     again = ts.analyze_partition("data/samples/odd/two-tracks.gpx", "ada", folder)
    >>> first.activities, first.is_new, again.is_new
    (2, True, False)
    """
    known = as_athlete(profile) if profile is not None else profile_in(source)
    options = Options.of(
        athlete=known,
        cleaning=cleaning,
        terrain=terrain,
        map=map,
        labels=labels,
        limits=limits,
    )
    folder, name = os.fspath(out), f"athlete={quote(athlete, safe=' ')}"
    receipt_at = place_in(folder, "receipts", f"{name}.json")
    basis = _basis_of(source, options, own_pace)
    before = _receipt_of(read_place(receipt_at))
    if before is not None and basis and before.basis == basis:
        return replace(before, is_new=False)
    with tempfile.TemporaryDirectory(prefix="trailstats-") as work:
        kept_at = place_in(folder, "kept", name, NAME)
        kept = read_place(kept_at)
        if kept is not None:
            Path(work, NAME).write_bytes(kept)
        store = Cache(work)
        history = analyze_folder(
            source,
            athlete=known,
            workers=1,
            cache=store,
            cleaning=cleaning,
            terrain=terrain,
            map=map,
            labels=labels,
            own_pace=own_pace,
            limits=limits,
        )
        counts, parts = _written(history, folder, name)
        store.close()
        write_place(kept_at, Path(work, NAME).read_bytes())
    receipt = Receipt(
        athlete,
        len(history.analyses),
        len(history.failures),
        counts[SEGMENTS.name],
        float(history.activities["distance"].sum()),
        parts,
        basis,
    )
    document = json.dumps(receipt.to_dict(), ensure_ascii=False)
    write_place(receipt_at, document.encode())
    return receipt


def _written(
    history: History, folder: str, name: str
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Write each table's part; return their rows and places."""
    counts, places = {}, []
    for table, parts in _TABLES:
        content, counts[table.name] = parquet_of(parts(history), table)
        places.append(place_in(folder, table.name, name, "part-0.parquet"))
        write_place(places[-1], content)
    return counts, tuple(places)


def _basis_of(source: Source, options: Options, own_pace: bool) -> str:
    """Return what stands for all that a partition follows from; empty where a source does not tell
    whether it has changed.
    """
    refs = [ref for ref, _ in jobs_of(places_of(source), options)]
    stamps = [trusted(stamp_of(ref)) for ref in refs]
    code = code_fingerprint(), code_fingerprint(AFTER)
    about = options.fingerprint, own_pace, [*map(str, refs)], stamps, code
    return fingerprint(about) if all(stamps) else ""


def _receipt_of(content: bytes | None) -> Receipt | None:
    """Return an earlier receipt; None where there is none whose parts are all there."""
    try:
        data = json.loads(content or b"")
        known = {f.name: data[f.name] for f in fields(Receipt)}
        receipt = Receipt(**known | {"parts": tuple(data["parts"])})
    except (ValueError, KeyError, TypeError):
        return None
    return receipt if all(map(is_there, receipt.parts)) else None


def analyze_partitions(
    sources: str | os.PathLike[str] | Mapping[str, Source],
    out: str | os.PathLike[str],
    *,
    profiles: Mapping[str, AthleteLike] | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    time_limit: float | None = None,
    **options: object,
) -> Iterator[Receipt]:
    """Analyse many athletes' recordings, each as one piece of work, see `analyze_partition`.

    Parameters
    ----------
    sources : path, or mapping of str to source
        A folder with a folder for each athlete; or what to read by name.
    out : path or address
        As in `analyze_partition`; every worker writes there.
    profiles : mapping of str to Athlete, path or mapping, optional
    workers : int, optional
        Processes; by default as many as the machine has processors.
    executor : concurrent.futures.Executor, optional
        Runs the work instead, such as ``client.get_executor()`` of a Dask client. Some athletes
        for each of its workers are handed over ahead.
    time_limit : float, optional
        An athlete who takes longer fails [s]; needs own processes.
    **options
        ``cleaning``, ``terrain``, ``map``, ``labels``, ``own_pace`` and ``limits``, as in
        `analyze_folder`.

    Yields
    ------
    Receipt
        One for each athlete, as they end; one with an ``error`` where the work failed or its worker
        was lost, so that nobody is left out. A second run does only those.

    Raises
    ------
    ReadError
        When there is no folder of an athlete.
    WorkerError
        When processes can't be started.

    Examples
    --------
    >>> import tempfile
    >>> import trailstats as ts
    >>> runs = {"ada": "data/samples/odd/two-tracks.gpx", "bob": "data/samples/none"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = list(ts.analyze_partitions(runs, folder, workers=1))
    >>> sorted((one.athlete, one.activities, bool(one.error)) for one in found)
    [('ada', 2, False), ('bob', 0, True)]
    """
    if not isinstance(sources, Mapping):
        sources = athlete_folders(sources)
    given = profiles or {}
    jobs = [
        _Partition(source, name, os.fspath(out), given.get(name), options)
        for name, source in sources.items()
    ]
    if executor is not None:
        return _on_executor(jobs, executor)
    return _in_processes(jobs, workers or processors(), time_limit)


@dataclass(frozen=True)
class _Partition:
    """One athlete's work, which any process may do."""

    source: Source
    athlete: str
    out: str
    profile: AthleteLike | None
    options: Mapping[str, object]

    def __call__(self) -> Receipt:
        """Return the receipt, with the error where the work failed."""
        try:
            return analyze_partition(
                self.source,
                self.athlete,
                self.out,
                profile=self.profile,
                **self.options,  # type: ignore[arg-type] # checked there
            )
        except TrailstatsError as error:
            return Receipt(self.athlete, error=f"{error.code}: {error}")


@dataclass(frozen=True)
class _Numbered:
    """The work by number: processes are sent numbers."""

    jobs: list[_Partition]

    def __call__(self, number: int) -> Receipt:
        return self.jobs[number]()


def _in_processes(
    jobs: list[_Partition], workers: int, time_limit: float | None
) -> Iterator[Receipt]:
    if workers <= 1:
        yield from (job() for job in jobs)
        return
    for number, found in run_in_processes(
        _Numbered(jobs), len(jobs), workers=workers, time_limit=time_limit
    ):
        if isinstance(found, Loss):
            error = f"{found.code}: {found.message}"
            found = Receipt(jobs[number].athlete, error=error)
        yield found


def _on_executor(
    jobs: list[_Partition], executor: Executor
) -> Generator[Receipt, None, None]:
    def submit(number: int) -> Future[Receipt]:
        return executor.submit(jobs[number])

    with closing(as_they_end(executor, submit, len(jobs))) as results:
        for number, future in results:
            try:
                yield future.result()
            except (
                Exception
            ) as error:  # each engine has its own for a lost worker
                what = shown(f"worker_killed: {type(error).__name__}: {error}")
                yield Receipt(jobs[number].athlete, error=what)
