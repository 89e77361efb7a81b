"""A runner's own labels of stretches, from a file: they win over all other evidence."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Floats
from trailstats.boundary import configuring, read_text, shown
from trailstats.errors import ConfigError
from trailstats.model.activity import CleanActivity
from trailstats.schema import Surface

__all__ = ["SurfaceLabel", "SurfaceLabels"]

_FIELDS = ("file", "from", "to", "surface")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(km|mi|m)")
_LONGEST_MARK = 64  # characters; our choice
_YEARS = (1990, 2100)  # in which a device can have recorded
_UNITS = {"m": 1.0, "km": 1000.0, "mi": 1609.344}


@dataclass(frozen=True)
class _Mark:
    """A point along a run: exactly one of the three is set."""

    time: pd.Timestamp | None = None
    elapsed: float | None = None
    distance: float | None = None

    def along(
        self, distance: Floats, seconds: Floats, start: pd.Timestamp
    ) -> float:
        """Return the distance since the start [m]; infinite beyond the ends of the recording."""
        if self.distance is not None:
            return self.distance
        at = self.elapsed
        if self.time is not None:
            at = (self.time - start).total_seconds()
        assert at is not None
        return float(np.interp(at, seconds, distance, left=-np.inf, right=np.inf))


@dataclass(frozen=True)
class SurfaceLabel:
    """One row of a label file.

    Attributes
    ----------
    file : str
        Name of the recording, or the end of its path.
    surface : Surface
        "unknown" says that nothing shall be said.
    start, end : mark or None
        Where the stretch begins and ends; None is the start, or the end, of the recording.
    """

    file: str
    surface: Surface
    start: _Mark | None = None
    end: _Mark | None = None

    def applies_to(self, source: str) -> bool:
        """Return whether a recording with this source is meant: by its name, or the last parts of
        its path.
        """
        own, other = _parts(self.file), _parts(source)
        return bool(own) and other[-len(own) :] == own


@dataclass(frozen=True)
class SurfaceLabels:
    r"""A runner's own labels.

    Attributes
    ----------
    labels : tuple of SurfaceLabel
        Where two speak of the same point, the later one counts.

    Examples
    --------
    >>> import trailstats as ts
    >>> labels = ts.SurfaceLabels.from_text("file,from,to,surface\nrun.gpx,0:10:00,1.9 km,trail\n")
    >>> labels.labels[0].surface.value
    'trail'
    """

    labels: tuple[SurfaceLabel, ...] = ()

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> SurfaceLabels:
        """Read a label file.

        Parameters
        ----------
        path : path
            A table with the columns ``file``, ``from``, ``to``, ``surface`` as CSV, or, with the
            suffix ``.toml``, the same as tables ``[[label]]``. ``from`` and ``to`` may be left out
            or empty; they are times with their offset (``2026-05-10T08:12:00Z``), time since the
            start (``0:12:30``) or distances (``1.2 km``, ``800 m``, ``0.5 mi``). ``surface`` is
            road, trail or unknown.

        Raises
        ------
        ConfigError
            When the file can't be read or understood; the message names the line.
        """
        place = shown(path)
        with configuring(place):
            text = read_text(path, "utf-8-sig")
            toml = Path(path).suffix.lower() == ".toml"
            try:
                return cls.from_text(text, toml=toml)
            except ConfigError as error:
                raise ConfigError(f"{place}: {error}") from error

    @classmethod
    def from_text(cls, text: str, *, toml: bool = False) -> SurfaceLabels:
        """Read the content of a label file; see `from_file`.

        Raises
        ------
        ConfigError
            When it can't be understood; the message names the line.
        """
        labels = []
        with configuring("labels"):
            for line, row in _toml_rows(text) if toml else _csv_rows(text):
                try:
                    labels.append(_label(row))
                except ConfigError as error:
                    raise ConfigError(f"line {line}: {error}") from error
        return cls(tuple(labels))

    @property
    def fingerprint(self) -> str:
        """What the evidence depends on, as a text of 32 digits."""
        return hashlib.sha256(repr(self.labels).encode()).hexdigest()[:32]

    def along(self, run: CleanActivity, distance: Floats) -> NDArray[np.str_]:
        """Return the label at distances along a run.

        Parameters
        ----------
        run : CleanActivity
        distance : numpy.ndarray, shape (n,)
            [m]

        Returns
        -------
        numpy.ndarray of str, shape (n,)
            "road", "trail" or "unknown"; empty where no label speaks.
        """
        out = np.full(len(distance), "", dtype="<U7")
        clock = (
            run.track_column("distance"),
            run.seconds,
            pd.Timestamp(run.index[0]),
        )
        for label in self.labels:
            if label.applies_to(run.meta.source):
                low = (
                    -np.inf if label.start is None else label.start.along(*clock)
                )
                high = np.inf if label.end is None else label.end.along(*clock)
                out[(distance >= low) & (distance < high)] = label.surface.value
        return out

    def along_course(self, source: str, distance: Floats) -> NDArray[np.str_]:
        """Return the label at distances along a course, which has no times.

        Parameters
        ----------
        source : str
            Its file.
        distance : numpy.ndarray, shape (n,)
            [m]

        Returns
        -------
        numpy.ndarray of str, shape (n,)
            As `along`.

        Raises
        ------
        ConfigError
            When a label of this course begins or ends at a time.
        """
        out = np.full(len(distance), "", dtype="<U7")
        for label in self.labels:
            if not label.applies_to(source):
                continue
            ends: list[float] = []
            for mark, missing in ((label.start, -np.inf), (label.end, np.inf)):
                at = missing if mark is None else mark.distance
                if at is None:
                    raise ConfigError(
                        f"labels of {label.file}: a course has no times; "
                        "say from and to as distances, such as 1.2 km"
                    )
                ends.append(at)
            inside = (distance >= ends[0]) & (distance < ends[1])
            out[inside] = label.surface.value
        return out


def _parts(path: str) -> tuple[str, ...]:
    posix = PurePosixPath(path.replace("\\", "/").replace("!", "/").lstrip("/"))
    parts = posix.parts
    return (*parts[:-1], parts[-1].removesuffix(".gz")) if parts else ()


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    header: list[str] | None = None
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if header is None:
            header = _header_of(cells)
            if header is None:
                header = [cell.lower() for cell in cells]
                _check_fields(header, reader.line_num)
                continue
        if len(cells) != len(header):
            raise ConfigError(
                f"line {reader.line_num}: {len(cells)} cells, not the {len(header)} of the header"
            )
        yield reader.line_num, dict(zip(header, cells, strict=True))


def _header_of(cells: Sequence[str]) -> list[str] | None:
    """Return the columns of a first line that is a label already, since it ends in a surface;
    None for a line of names.
    """
    if cells[-1].lower() not in [s.value for s in Surface]:
        return None
    known = {2: ("file", "surface"), len(_FIELDS): _FIELDS}
    return list(known[len(cells)]) if len(cells) in known else None


def _check_fields(names: Sequence[str], line: int) -> None:
    for name in names:
        if name not in _FIELDS:
            raise ConfigError(
                f"line {line}: unknown column {name!r}; known are {', '.join(_FIELDS)}"
            )
    for name in ("file", "surface"):
        if name not in names:
            raise ConfigError(f"line {line}: the column {name!r} is missing")


def _toml_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(error)) from error
    tables = data.get("label", [])
    if set(data) - {"label"} or not isinstance(tables, list):
        raise ConfigError(
            "labels are tables [[label]] with file, from, to and surface, and nothing else"
        )
    lines = [
        n
        for n, line in enumerate(text.splitlines(), 1)
        if re.match(r"\s*\[\[\s*label\s*\]\]", line)
    ]
    for number, table in enumerate(tables):
        line = lines[number] if number < len(lines) else 1
        if not isinstance(table, dict):
            raise ConfigError(f"line {line}: a label is a table")
        _check_fields(list(table), line)
        yield line, {name: _toml_text(value) for name, value in table.items()}


def _toml_text(value: object) -> str:
    return (
        value.isoformat()
        if isinstance(value, dt.datetime | dt.time)
        else str(value)
    )


def _label(row: dict[str, str]) -> SurfaceLabel:
    if not row["file"]:
        raise ConfigError("the file is empty")
    try:
        surface = Surface(row["surface"].lower())
    except ValueError:
        raise ConfigError(
            f"surface {row['surface']!r} is not road, trail or unknown"
        ) from None
    start, end = (_mark_of(name, row.get(name, "")) for name in ("from", "to"))
    for kind in ("time", "elapsed", "distance"):
        low, high = (
            None if mark is None else getattr(mark, kind) for mark in (start, end)
        )
        if low is not None and high is not None and not low < high:
            raise ConfigError(
                f"the stretch ends ({row['to']}) before it begins ({row['from']})"
            )
    return SurfaceLabel(row["file"], surface, start, end)


def _mark_of(name: str, text: str) -> _Mark | None:
    if not text:
        return None
    if len(text) > _LONGEST_MARK:
        raise ConfigError(f"{name} is longer than {_LONGEST_MARK} characters")
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups()
        of_hours = int(hours or 0) * 3600.0
        return _Mark(elapsed=of_hours + int(minutes) * 60.0 + float(seconds))
    if length := _LENGTH.fullmatch(text):
        return _Mark(distance=float(length[1]) * _UNITS[length[2]])
    try:
        time = pd.Timestamp(dt.datetime.fromisoformat(text))
    except ValueError:
        raise ConfigError(
            f"{name} {text!r} is not a time such as 2026-05-10T08:12:00Z, a time since the start "
            "such as 0:12:30, or a distance such as 1.2 km"
        ) from None
    if time.tzinfo is None:
        raise ConfigError(
            f"{name} {text!r} has no offset; write 2026-05-10T08:12:00Z or ...+02:00"
        )
    if not _YEARS[0] <= time.year <= _YEARS[1]:
        raise ConfigError(f"{name} {text!r} is no time of a recording")
    return _Mark(time=time.tz_convert("UTC"))
