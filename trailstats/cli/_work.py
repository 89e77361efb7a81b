"""How many sources are worked through: processes or a cluster, the cache, progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trailstats.cli._options import Ground, cache_of
from trailstats.cli._progress import watched
from trailstats.errors import MissingExtraError, WorkerError
from trailstats.history import History, analyze_athletes, analyze_folder
from trailstats.model.athlete import Athlete

__all__ = ["Work"]


@dataclass(frozen=True)
class Work:
    """The options that say how, not what.

    Attributes
    ----------
    workers : int or None
    cache : Path or None
        Folder as named; see ``no_cache``.
    no_cache : bool
    time_limit : float
        [s]
    dask : str or None
        Address of a scheduler.
    """

    workers: int | None
    cache: Path | None
    no_cache: bool
    time_limit: float
    dask: str | None

    def history(
        self, sources: Sequence[str], athlete: Athlete, ground: Ground
    ) -> History:
        """Return the history of one athlete."""
        cache = cache_of(self.cache, self.no_cache)
        with self._engine() as executor, watched(kept=cache is not None) as progress:
            return analyze_folder(
                sources,
                athlete=athlete,
                cleaning=ground.cleaning,
                terrain=ground.rules,
                map=ground.map,
                labels=ground.labels,
                own_pace=ground.own_pace,
                workers=self.workers,
                executor=executor,
                cache=cache,
                time_limit=self.time_limit,
                progress=progress,
            )

    def histories(self, folder: str, ground: Ground) -> dict[str, History]:
        """Return the histories of all athletes who have a folder in this one."""
        cache = cache_of(self.cache, self.no_cache)
        with self._engine() as executor, watched(kept=cache is not None) as progress:
            return analyze_athletes(
                folder,
                cleaning=ground.cleaning,
                terrain=ground.rules,
                map=ground.map,
                labels=ground.labels,
                own_pace=ground.own_pace,
                workers=self.workers,
                executor=executor,
                cache=cache,
                time_limit=self.time_limit,
                progress=progress,
            )

    @contextmanager
    def _engine(self) -> Iterator[Executor | None]:
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
