"""How many sources are worked through: processes or a cluster, the cache, progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from trailstats.cli import _options as o
from trailstats.cli._progress import watched
from trailstats.errors import MissingExtraError, WorkerError
from trailstats.history import TIME_LIMIT, History, analyze_athletes, analyze_folder
from trailstats.model.athlete import Athlete

__all__ = ["Work"]


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
    """

    ground: o.Ground
    own_pace: o.OwnPace = False
    processes: o.Processes
    time_limit: o.TimeLimit = TIME_LIMIT
    dask: o.Dask = None

    def history(self, sources: Sequence[str], athlete: Athlete) -> History:
        """Return the history of one athlete."""
        with self._arguments() as arguments:
            return analyze_folder(sources, athlete=athlete, **arguments)

    def histories(self, folder: str) -> dict[str, History]:
        """Return the histories of all athletes who have a folder in this one."""
        with self._arguments() as arguments:
            return analyze_athletes(folder, **arguments)

    @contextmanager
    def _arguments(self) -> Iterator[dict[str, Any]]:
        """Yield these options as arguments, while the cluster is connected and progress shown."""
        cache = self.processes.folder
        arguments = self.ground.arguments(self.processes.cache)
        with self._cluster() as executor, watched(kept=cache is not None) as progress:
            yield arguments | {
                "own_pace": self.own_pace,
                "workers": self.processes.workers,
                "executor": executor,
                "cache": cache,
                "time_limit": self.time_limit,
                "progress": progress,
            }

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
