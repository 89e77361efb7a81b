"""The exceptions that trailstats raises.

::

    TrailstatsError                 everything below; catch this one in an app
    ├── ReadError                   a source that can't be turned into an activity
    │   ├── UnsupportedFormatError  the content is none of the known formats
    │   ├── CorruptFileError        the format is known, but nothing could be salvaged
    │   ├── NotAnActivityError      well formed, but no recording: a course, settings
    │   ├── PluginError             another package's reader failed
    │   ├── LimitError              larger, deeper or longer than ``ReadLimits`` allows
    │   └── InternalError           a fault of trailstats itself, met with this source
    ├── SchemaError                 a table that lacks what its schema promises
    ├── ConfigError                 a profile, label file or option that can't be understood
    ├── WriteError                  a result that could not be written
    ├── DownloadError               a map that could not be fetched
    ├── WorkerError                 processes that can't be started
    └── MissingExtraError           an optional dependency is not installed

Every error has a stable ``code`` for programs; a ``ReadError`` also says which file, which format
and where.
"""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "CorruptFileError",
    "DownloadError",
    "InternalError",
    "LimitError",
    "MissingExtraError",
    "NotAnActivityError",
    "PluginError",
    "ReadError",
    "SchemaError",
    "TrailstatsError",
    "UnsupportedFormatError",
    "WorkerError",
    "WriteError",
]


class TrailstatsError(Exception):
    """Base of every error that trailstats raises on purpose.

    Examples
    --------
    >>> import trailstats as ts
    >>> try:
    ...     ts.read("data/samples/odd/web-page.gpx")
    ... except ts.TrailstatsError as error:
    ...     print(error.code)
    unsupported_format
    """

    code = "error"


class ReadError(TrailstatsError):
    """A source could not be turned into an activity.

    Parameters
    ----------
    message : str
        What was found and, where possible, what to do.
    path : str, optional
        The source as the user named it.
    format : str, optional
        ``"fit"``, ``"gpx"``, ``"tcx"`` ... where it was recognised.
    offset : int, optional
        Byte offset of the fault, counted in the decompressed content.
    line : int, optional
        Line of the fault in a text format, counted from 1.

    Examples
    --------
    >>> from trailstats import ReadError
    >>> str(ReadError("the header is cut off", path="run.fit", offset=12))
    'run.fit: the header is cut off (byte 12)'
    """

    code = "unreadable"

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        format: str | None = None,
        offset: int | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.format = format
        self.offset = offset
        self.line = line

    def at(self, path: str) -> ReadError:
        """Return the same error with the source's name filled in, if it had none."""
        if self.path is None:
            self.path = path
        return self

    def where(self) -> str:
        """Return the place of the fault as text, empty when it is not known."""
        places = (("byte", self.offset), ("line", self.line))
        return ", ".join(
            f"{name} {number}" for name, number in places if number is not None
        )

    def __str__(self) -> str:
        place = self.where()
        text = f"{self.message} ({place})" if place else self.message
        return f"{self.path}: {text}" if self.path else text

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders: keyword-only arguments need help there.
        return _rebuild, (
            type(self),
            self.message,
            self.path,
            self.format,
            self.offset,
            self.line,
        )


def _rebuild(
    kind: type[ReadError],
    message: str,
    path: str | None,
    format: str | None,
    offset: int | None,
    line: int | None,
) -> ReadError:
    return kind(message, path=path, format=format, offset=offset, line=line)


class UnsupportedFormatError(ReadError):
    """The content is none of the formats that trailstats reads.

    Examples
    --------
    >>> import trailstats as ts
    >>> try:
    ...     ts.read(b"<html></html>")
    ... except ts.UnsupportedFormatError:
    ...     print("no recording")
    no recording
    """

    code = "unsupported_format"


class CorruptFileError(ReadError):
    """The format is known, but not one record could be salvaged.

    Examples
    --------
    >>> from trailstats import CorruptFileError
    >>> CorruptFileError.code
    'corrupt'
    """

    code = "corrupt"


class NotAnActivityError(ReadError):
    """The file is sound but holds no recording: a course, a route without times, device settings.

    Examples
    --------
    >>> import trailstats as ts
    >>> try:
    ...     ts.read("data/samples/odd/route.gpx")
    ... except ts.NotAnActivityError:
    ...     print("a route")
    a route
    """

    code = "not_an_activity"


class PluginError(ReadError):
    """The reader of another package failed with this source; the message names both.

    Examples
    --------
    >>> from trailstats import PluginError, ReadError
    >>> PluginError.code, issubclass(PluginError, ReadError)
    ('plugin', True)
    """

    code = "plugin"


class LimitError(ReadError):
    """The source exceeds one of the ``ReadLimits``; the message names it.

    Examples
    --------
    >>> import trailstats as ts
    >>> try:
    ...     ts.read("data/samples/odd/two-tracks.gpx", limits=ts.ReadLimits(bytes=1000))
    ... except ts.LimitError as error:
    ...     print(error.code)
    limit
    """

    code = "limit"


class InternalError(ReadError):
    """Something that no one thought of went wrong with this source: a fault of trailstats.

    The exception that was met is its cause. Other sources are not concerned.

    Examples
    --------
    >>> from trailstats import InternalError, ReadError
    >>> InternalError.code, issubclass(InternalError, ReadError)
    ('internal', True)
    """

    code = "internal"


class SchemaError(TrailstatsError):
    """A table lacks a column, a dtype or an index that its schema promises.

    Examples
    --------
    >>> import trailstats as ts
    >>> try:
    ...     ts.Analysis.from_dict({"format_version": 0})
    ... except ts.SchemaError as error:
    ...     print(error.code)
    schema
    """

    code = "schema"


class ConfigError(TrailstatsError):
    """An athlete profile, a label file or an option can't be understood.

    Examples
    --------
    >>> import trailstats as ts
    >>> try:
    ...     ts.Athlete(heart_rate_max=20)
    ... except ts.ConfigError as error:
    ...     print(error)
    athlete: heart_rate_max = 20 lies outside 100 to 240
    """

    code = "config"


class WriteError(TrailstatsError):
    """A result could not be written to the place that was asked for.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/two-tracks.gpx")
    >>> try:
    ...     ts.convert(run, "run.xlsx")
    ... except ts.WriteError as error:
    ...     print(error.code)
    write
    """

    code = "write"


class DownloadError(TrailstatsError):
    """A map could not be fetched: the server can't be reached, refuses, or sends something else.

    Examples
    --------
    >>> from pathlib import Path
    >>> import trailstats as ts
    >>> from trailstats.terrain.maps.fetching import Fetcher
    >>> try:
    ...     Fetcher().document("ftp://example.org/index.json", Path("index.json"))
    ... except ts.DownloadError as error:
    ...     print(error.code)
    download
    """

    code = "download"


class WorkerError(TrailstatsError):
    """Processes for the work can't be started.

    Examples
    --------
    >>> from trailstats import TrailstatsError, WorkerError
    >>> WorkerError.code, issubclass(WorkerError, TrailstatsError)
    ('worker', True)
    """

    code = "worker"


class MissingExtraError(TrailstatsError, ImportError):
    """An optional dependency is missing.

    Parameters
    ----------
    package : str
        The package that could not be imported.
    extra : str
        The extra of trailstats that brings it.

    Examples
    --------
    >>> from trailstats import MissingExtraError
    >>> MissingExtraError("pyarrow", "parquet").extra
    'parquet'
    """

    code = "missing_extra"

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package!r}; install it with: pip install "
            f"'trailstats[{extra}]'"
        )
        self.package = package
        self.extra = extra

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.package, self.extra)
