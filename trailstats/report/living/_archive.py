"""A folder of recordings that is watched: what changes is measured, rows come as they are done."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from trailstats.boundary import reading
from trailstats.cache import Cache
from trailstats.cleaning import CleanRules
from trailstats.errors import TrailstatsError
from trailstats.history import History, analyze_folder, iter_analyses
from trailstats.io.containers import Failure
from trailstats.io.formats import is_activity_name
from trailstats.model.results import Analysis
from trailstats.report.html import write_report
from trailstats.report.living._kept import LABELS, PART, Kept
from trailstats.report.living._rows import early_row, rows_of
from trailstats.report.units import Units
from trailstats.terrain import SurfaceLabels, TerrainRules
from trailstats.terrain.maps import RoadMap

LOOKS = 0.5
"""Time between two looks at the folder [s]; what changed has to stay the same for one of them, so
that no file is read while it is being copied (our choice).
"""

FIRST = 2
"""So many small recordings are measured before all others, to have something to show (our
choice).
"""

MOST_FILES = 200_000
"""More files than this are not looked at (our choice)."""


@dataclass(frozen=True)
class Setup:
    """How recordings are measured.

    Attributes
    ----------
    terrain : TerrainRules
    map : RoadMap or None
    labels : SurfaceLabels or None
        Labels besides those that are kept in the folder, which go before.
    cleaning : CleanRules
    workers : int or None
        Processes; by default as many as there are processors.
    cache : path or None
        Folder of what was measured before; None keeps nothing between calls.
    imperial : bool
        Miles and feet.
    """

    terrain: TerrainRules = field(default_factory=TerrainRules)
    map: RoadMap | None = None
    labels: SurfaceLabels | None = None
    cleaning: CleanRules = field(default_factory=CleanRules)
    workers: int | None = None
    cache: Path | None = None
    imperial: bool = False


Sign: TypeAlias = "list[tuple[str, int, int]]"
"""Path, size and time of change [ns] of everything in a folder."""


class _Stopped(BaseException):
    """The work is no longer wanted."""


class LiveArchive:
    """What is known of a folder at this moment.

    Parameters
    ----------
    kept : Kept
        The folder, and what the runner stated there.
    setup : Setup

    Notes
    -----
    One thread looks and measures; every other method may be called from any thread.
    """

    def __init__(self, kept: Kept, setup: Setup) -> None:
        self.kept = kept
        self.setup = setup
        self._place = ExitStack()
        self._files = 0
        self._units = Units.of(setup.imperial)
        self._changed = threading.Condition()
        self._rows: list[dict[str, object]] = []
        self._turn = 0
        self._done = (0, 0)
        self._busy = True
        self._problem = ""
        self._history: History | None = None
        self._page: tuple[int, bytes] = (-1, b"")
        self._asked = True
        self._stop = threading.Event()
        self._rendering = threading.Lock()
        self._thread = threading.Thread(
            target=self._live, name="trailstats-archive", daemon=True
        )

    def start(self) -> None:
        """Begin to watch."""
        # Also without a cache what was measured for the first rows is not measured again.
        folder = self.setup.cache or self._place.enter_context(
            tempfile.TemporaryDirectory(
                prefix="trailstats-", ignore_cleanup_errors=True
            )
        )
        self._store = Cache(folder)
        self._thread.start()

    def stop(self) -> None:
        """End, also in the middle of the work."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()
        self._place.close()

    def ask(self) -> None:
        """Measure anew what depends on what was stated."""
        with self._changed:
            self._asked = True
            self._changed.notify_all()

    def state(self, turn: int, rows: int) -> dict[str, object]:
        """Return what a page that knows so many rows of a turn lacks.

        Parameters
        ----------
        turn : int
            Rows are numbered within a turn; a new one begins when all are known.
        rows : int

        Returns
        -------
        dict
        """
        with self._changed:
            first = rows if turn == self._turn else 0
            done, total = self._done
            return {
                "turn": self._turn,
                "first": first,
                "rows": self._rows[first:],
                "busy": self._busy,
                "done": done,
                "total": total,
                "problem": self._problem,
                "report": self._history is not None,
            }

    def report(self) -> bytes | None:
        """Return the report as one file, or None before there is anything."""
        with self._rendering:
            with self._changed:
                turn, history = self._turn, self._history
            if history is None:
                return None
            if self._page[0] != turn:
                with tempfile.TemporaryDirectory(prefix="trailstats-") as place:
                    path = Path(place) / "report.html"
                    imperial = self.setup.imperial
                    write_report(
                        history, path, imperial=imperial, map=self.setup.map
                    )
                    self._page = turn, path.read_bytes()
            return self._page[1]

    def _live(self) -> None:
        """Look, and measure what is new, until the end."""
        seen: Sign | None = None
        measured: Sign | None = None
        while not self._stop.is_set():
            now = self._look()
            with self._changed:
                # Twice the same, or long as it is: nothing is being copied at this moment.
                settled = now == seen or (seen is None and _is_old(now))
                due = settled and (now != measured or self._asked)
                self._asked = self._asked and not due
            seen = now
            if due:
                measured = now
                self._measure()
                continue
            with self._changed:
                self._changed.wait_for(self._stop.is_set, LOOKS)

    def _look(self) -> Sign:
        """Return a sign of everything in the folder, other when anything has changed."""
        found: list[tuple[str, int, int]] = []
        for place, folders, names in os.walk(self.kept.folder):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in sorted(names):
                if name.endswith(PART) or name == LABELS:
                    continue
                path = Path(place, name)
                with suppress(OSError):
                    about = path.stat()
                    found.append((str(path), about.st_size, about.st_mtime_ns))
                if len(found) > MOST_FILES:
                    return found
        return found

    def _measure(self) -> None:
        """Measure the folder; rows are shown as they come, and put in order at the end."""
        with self._changed:
            self._busy, self._done = True, (0, 0)
        problem, history = "", None
        rows: list[dict[str, object]] = []
        try:
            # Whatever goes wrong is said, and the next change is looked at all the same.
            with reading(str(self.kept.folder)):
                history = self._history_now()
                rows = [] if history is None else self._rows_of(history)
        except _Stopped:
            return
        except TrailstatsError as error:
            problem = str(error)
        with self._changed:
            self._problem, self._busy = problem, False
            self._history, self._rows = history, rows
            self._turn += 1

    def _rows_of(self, history: History) -> list[dict[str, object]]:
        kept = self.kept
        return rows_of(
            history, kept.folder, self._units, kept.labelled(), kept.intended()
        )

    def _history_now(self) -> History | None:
        """Return the history of the folder, or None where nothing lies in it."""
        setup = self.setup
        labels = (setup.labels, self.kept.labels())
        how: dict[str, Any] = {
            "athlete": self.kept.athlete(),
            "cache": self._store,
            "cleaning": setup.cleaning,
            "terrain": setup.terrain,
            "map": setup.map,
            "labels": SurfaceLabels(
                tuple(one for some in labels if some for one in some.labels)
            ),
        }
        folder = str(self.kept.folder)
        if self._history is None:
            first = self._first_files()
            with suppress(TrailstatsError):
                # While processes would still be starting, the first rows are there.
                shown = how | {"tables": False}
                self._show(iter_analyses(first, workers=1, **shown))
                self._show(iter_analyses(folder, workers=setup.workers, **shown))
        history = analyze_folder(
            folder, workers=setup.workers, progress=self._step, **how
        )
        return history if len(history.activities) else None

    def _show(self, found: Iterator[Analysis | Failure]) -> None:
        """Show each recording as it is measured, once."""
        shown = {str(row["file"]) for row in self._rows}
        for one in found:
            row = early_row(one, self.kept.folder, self._units)
            with self._changed:
                if str(row["file"]) not in shown:
                    self._rows.append(row)
            self._step(len(self._rows), max(self._files, len(self._rows)))

    def _step(self, done: int, total: int) -> None:
        """Note how far the work is; end it where it is no longer wanted."""
        if self._stop.is_set():
            raise _Stopped
        with self._changed:
            self._done = done, total

    def _first_files(self) -> list[str]:
        """Return a few recordings that are soon measured."""
        folder = self.kept.folder
        found = [p for p in folder.iterdir() if is_activity_name(p.name)]
        self._files = len(found)
        sized = []
        for path in found:
            with suppress(OSError):
                sized.append((path.stat().st_size, str(path)))
        return [path for _, path in sorted(sized)[:FIRST]]


def _is_old(sign: Sign) -> bool:
    """Return whether nothing of what was seen in the folder has changed of late."""
    last = max((changed for _, _, changed in sign), default=0)
    return time.time_ns() - last > 2e9 * LOOKS
