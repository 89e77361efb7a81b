"""The one folder that is answered from, and its history, read anew when files come or change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trailstats.claims import ClaimResult, evaluate_claims
from trailstats.errors import ConfigError
from trailstats.history import History

__all__ = ["Archive"]

_Stamp = tuple[str, int, int]


@dataclass(eq=False)
class Archive:
    """A folder of recordings.

    Attributes
    ----------
    folder : Path
    load : callable
        Returns the history of what is in the folder now.

    Raises
    ------
    ConfigError
        When there is no such folder.
    """

    folder: Path
    load: Callable[[], History]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stamps: tuple[_Stamp, ...] | None = None
    _history: History | None = None
    _claims: list[ClaimResult] | None = None
    _report: str = ""
    _named: str = ""

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise ConfigError(f"{self.folder}: there is no such folder")
        self._named, self.folder = str(self.folder), self.folder.resolve()

    def history(self) -> History:
        """Return the history, read anew when a file came, went or changed."""
        with self._lock:
            stamps = tuple(sorted(_stamps(self.folder)))
            if self._history is None or stamps != self._stamps:
                self._history, self._claims = self.load(), None
                self._report = ""
                self._stamps = stamps
            return self._history

    def claims(self) -> list[ClaimResult]:
        """Return the answers to the claims."""
        history = self.history()
        with self._lock:
            # A file may have come since, and another call have read it.
            if self._history is not history:
                return evaluate_claims(history)
            if self._claims is None:
                self._claims = evaluate_claims(history)
            return self._claims

    def report(self, write: Callable[[History, list[ClaimResult]], str]) -> str:
        """Return the report, written once for what is in the folder, however many ask at once."""
        history, claims = self.history(), self.claims()
        with self._lock:
            if self._history is not history:
                return write(history, claims)
            self._report = self._report or write(history, claims)
            return self._report

    def inside(self, name: str) -> Path:
        """Return a file of the folder by its path in it.

        Raises
        ------
        ConfigError
            When it lies elsewhere, also by a link, or is no file.
        """
        try:
            path = (self.folder / name).resolve()
            outside = not path.is_relative_to(self.folder)
            missing = outside or not path.is_file()
        except (OSError, ValueError):  # a NUL, a name too long, a loop of links
            outside, missing = False, True
        if outside:
            raise ConfigError("only files in the folder that is served are read")
        if missing:
            raise ConfigError(
                "there is no such file in the folder that is served"
            )
        return path

    def without_folder(self, text: str) -> str:
        """Return a text without where the folder lies on this machine."""
        for place in (str(self.folder), self._named):
            text = text.replace(f"{place}/", "").replace(place, "the folder")
        return text


def _stamps(folder: Path) -> Iterator[_Stamp]:
    """Yield name, size and time of change of every file."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118  # thousands, at each call
            try:
                about = os.stat(path)  # noqa: PTH116
            except OSError:
                continue
            yield path, about.st_size, about.st_mtime_ns
