"""How many sources are worked through: processes or a cluster, the cache, progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from trailstats.cache import Cache
from trailstats.cli import _options as o
from trailstats.cli._progress import watched
from trailstats.errors import MissingExtraError, WorkerError
from trailstats.history import TIME_LIMIT, History, Receipt, analyze_partitions
from trailstats.history._gather import Work as Gather
from trailstats.history._sources import (
    Source,
    athlete_folders,
    histories_of,
    profile_in,
)
from trailstats.history._workers import Engine
from trailstats.model.athlete import Athlete


@dataclass(frozen=True, kw_only=True)
class Work:
    """The options that all commands on many sources share.

    Attributes
    ----------
    ground : Ground
    own_pace : bool
    processes : Processes
    time_limit : float
        [s]
    dask : str or None
        Address of a scheduler.
    chosen : Chosen
        Which activities are looked at.
    """

    ground: o.Ground
    own_pace: o.OwnPace = False
    processes: o.Processes
    time_limit: o.TimeLimit = TIME_LIMIT
    dask: o.Dask = None
    chosen: o.Chosen

    def history(self, sources: Sequence[str], athlete: Athlete) -> History:
        """Return the history of one athlete."""
        return self.chosen.of(self._histories({"": sources}, {"": athlete})[""])

    def histories(self, folder: str) -> dict[str, History]:
        """Return the histories of all athletes who have a folder in this one."""
        folders = athlete_folders(folder)
        athletes = {name: profile_in(path) for name, path in folders.items()}
        found = self._histories(folders, athletes)
        return {name: self.chosen.of(one) for name, one in found.items()}

    def receipts(self, folder: str, out: str) -> list[Receipt]:
        """Have the tables of all athletes who have a folder in this one written into another one,
        by whoever measures them.
        """
        given = self.ground.options(self.processes.cache).keywords
        folders = athlete_folders(folder)
        found = []
        with self._cluster() as executor, watched(kept=True) as progress:
            for receipt in analyze_partitions(
                folders,
                out,
                workers=self.processes.workers,
                executor=executor,
                own_pace=self.own_pace,
                **given,
            ):
                found.append(receipt)
                progress(len(found), len(folders))
        return sorted(found, key=lambda receipt: receipt.athlete)

    def _histories(
        self, sources: Mapping[str, Source], athletes: Mapping[str, Athlete]
    ) -> dict[str, History]:
        """Work through the sources of each, while the cluster is connected and progress shown."""
        options_of = self.ground.options(self.processes.cache)
        options = {
            name: options_of(athlete=one) for name, one in athletes.items()
        }
        cache = self.processes.folder
        with (
            self._cluster() as executor,
            watched(kept=cache is not None) as progress,
        ):
            engine = Engine(self.processes.workers, executor, self.time_limit)
            work = Gather(Cache(cache), engine, progress)
            return histories_of(sources, options, work, own_pace=self.own_pace)

    @contextmanager
    def _cluster(self) -> Iterator[Any]:
        """Yield an executor on the Dask cluster; None without one."""
        if self.dask is None:
            yield None
            return
        try:
            from distributed import Client
        except ImportError as error:
            raise MissingExtraError("distributed", "distributed") from error
        try:
            client: Any = Client(self.dask, timeout=10)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise WorkerError(
                f"--dask {self.dask}: no scheduler answers there: {error}"
            ) from None
        with client:
            yield client.get_executor()
