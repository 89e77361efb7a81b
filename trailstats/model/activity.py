"""The recorded activity as a frozen value: records, laps, what the file says about itself, and what
was odd.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.arrays import Flags, Floats
from trailstats.elevation import ElevationQuality
from trailstats.errors import SchemaError
from trailstats.model.later import LaterTables
from trailstats.schema import Severity

__all__ = [
    "Activity",
    "ActivityMeta",
    "CleanActivity",
    "DeviceTotals",
    "Issue",
    "Wearer",
]


_ONCE = re.compile(r"(?<![\d.,])1 times\b")
_ONE = re.compile(
    r"(?<![\d.,])1 ((?:marked )?(?:jump|gap|sample|position|elevation|pause|heart rate))s\b"
    r"(.*?)\b(were|count|repeat|record|contradict|show|jump)\b"
)
_VERBS = {"were": "was"}


def _of_one(message: str) -> str:
    """Return a message with nouns and verbs of one, where one is counted.

    Examples
    --------
    >>> from trailstats.model.activity import _of_one
    >>> _of_one("1 jumps of 12 m were left out"), _of_one("stood 1 times, 9 s in all")
    ('1 jump of 12 m was left out', 'stood once, 9 s in all')
    """

    def single(match: re.Match[str]) -> str:
        noun, between, verb = match.groups()
        between = re.sub(r"\bthey $", "it ", between)
        return f"1 {noun}{between}{_VERBS.get(verb, verb + 's')}"

    return _ONE.sub(single, _ONCE.sub("once", message), count=1)


@dataclass(frozen=True)
class Issue:
    """Something odd that was found, and what was done about it.

    Attributes
    ----------
    code : str
        Stable name for programs, such as ``"position_spike"``.
    severity : Severity
    message : str
        A sentence for a person, with the count.
    count : int
        How many samples, points or bytes it concerns.
    where : str
        Where it is: a byte offset, a line, a time; empty when it concerns the whole file.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/truncated.fit")
    >>> any(issue.severity is ts.Severity.ERROR for issue in run.issues)
    True
    """

    code: str
    severity: Severity
    message: str
    count: int = 1
    where: str = ""

    @classmethod
    def over(
        cls,
        index: pd.Index,
        flags: Flags,
        code: str,
        severity: Severity,
        text: str,
        **figures: float,
    ) -> Issue:
        """Return an issue about the flagged samples, with their number and their times.

        Parameters
        ----------
        index : pandas.DatetimeIndex, shape (n,)
        flags : numpy.ndarray of bool, shape (n,)
            At least one is set.
        code : str
        severity : Severity
        text : str
            The message, with ``{count}`` where the number of samples stands, and the names of
            further figures in braces.
        **figures : float
            These figures. A ``count`` stands for the number of samples where something else is
            counted.

        Returns
        -------
        Issue
            ``where`` is the time of the first sample, and of the last if that is another.
        """
        figures = {"count": int(flags.sum())} | figures
        rows = np.flatnonzero(flags)
        first, last = (
            pd.Timestamp(index[row]).strftime("%Y-%m-%dT%H:%M:%SZ")
            for row in (rows[0], rows[-1])
        )
        where = first if first == last else f"{first} to {last}"
        message = _of_one(text.format(**figures))
        return cls(code, severity, message, int(figures["count"]), where)

    def to_dict(self) -> dict[str, object]:
        """Return the issue as plain values."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "count": self.count,
            "where": self.where,
        }


@dataclass(frozen=True)
class DeviceTotals:
    """What the device itself counted; NaN where it did not say. Kept for comparison, never mixed
    with ours.

    Attributes
    ----------
    distance, timer_time, ascent, descent : float
        [m], [s], [m], [m, positive].
    """

    distance: float = float("nan")
    timer_time: float = float("nan")
    ascent: float = float("nan")
    descent: float = float("nan")


@dataclass(frozen=True)
class Wearer:
    """What the device's profile says of its wearer; NaN where it says nothing.

    Attributes
    ----------
    weight, height, age : float
        [kg], [m], [years].
    resting_heart_rate, max_heart_rate : float
        [bpm].
    """

    weight: float = float("nan")
    height: float = float("nan")
    age: float = float("nan")
    resting_heart_rate: float = float("nan")
    max_heart_rate: float = float("nan")


@dataclass(frozen=True)
class ActivityMeta:
    """What a file says about its recording, unchanged.

    Attributes
    ----------
    source : str
        Where it came from, as the user named it.
    format : str
        ``"fit"``, ``"gpx"``, ``"tcx"`` or ``"kml"``.
    content_hash : str
        SHA-256 of the decompressed content, with ``#n`` for the n-th activity of one file.
    sport, sub_sport : str
        In FIT's words, empty when not stated.
    name, notes, workout : str
        Title, free text, and name of the planned workout.
    device : str
        Recording device or program.
    start_time : pandas.Timestamp or None
        UTC time of the first sample.
    local_offset : float
        Local time minus UTC [s]; NaN when the file does not say. An analysis has it of the
        profile's time zone, or of ``timezone``, then.
    timezone : str
        Of the place where the recording began, where an analysis had to look it up; empty else.
    feel : float
        Rated feeling, 0 (very weak) to 100 (very strong); NaN when not rated.
    rpe : float
        Rated exertion on the CR10 scale, 0 to 10; NaN when not rated.
    device_totals : DeviceTotals
    gear : str
        Shoes or other gear, where an export names it.
    attribution : str
        What has to stand where the ground is shown; an analysis fills it where a map was of use.

    Examples
    --------
    >>> import trailstats as ts
    >>> ts.read("data/samples/odd/two-tracks.gpx").meta.format
    'gpx'
    """

    source: str = ""
    format: str = ""
    content_hash: str = ""
    sport: str = ""
    sub_sport: str = ""
    name: str = ""
    notes: str = ""
    workout: str = ""
    device: str = ""
    start_time: pd.Timestamp | None = None
    local_offset: float = float("nan")
    timezone: str = ""
    feel: float = float("nan")
    rpe: float = float("nan")
    device_totals: DeviceTotals = DeviceTotals()
    gear: str = ""
    attribution: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Activity(LaterTables):
    """One recorded activity.

    A frozen value that owns its frames: nothing in trailstats changes one, every step returns a new
    one. Don't edit the frames in place; derive with `dataclasses.replace`.

    Attributes
    ----------
    records : pandas.DataFrame
        Table ``schema.RECORDS``: all columns always exist, indexed by UTC time. NaN is "not
        recorded".
    meta : ActivityMeta
    laps : pandas.DataFrame
        Table ``schema.LAPS``.
    extras : pandas.DataFrame
        Developer fields and other numeric fields of the file, same index as ``records``.
    pauses : pandas.DataFrame
        Columns ``start_time`` and ``end_time``: times when the device's timer was stopped.
    issues : tuple of Issue
    rr : pandas.Series or None
        Times between heartbeats [s] where the device stored them, indexed by the UTC time of the
        record before.
    wearer : Wearer
        What the device's profile says of its wearer.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/two-tracks.gpx")
    >>> run.has("elevation"), run.has("power")
    (True, False)
    """

    records: pd.DataFrame
    meta: ActivityMeta = ActivityMeta()
    laps: pd.DataFrame = field(default_factory=schema.LAPS.empty)
    extras: pd.DataFrame = field(default_factory=pd.DataFrame)
    pauses: pd.DataFrame = field(default_factory=lambda: empty_pauses())
    issues: tuple[Issue, ...] = ()
    rr: pd.Series | None = None
    wearer: Wearer = Wearer()

    def __post_init__(self) -> None:
        schema.RECORDS.validate(self.records)
        if (
            not isinstance(self.records.index, pd.DatetimeIndex)
            or str(self.records.index.tz) != "UTC"
        ):
            raise SchemaError(
                "records are indexed by something other than UTC times"
            )

    def __repr__(self) -> str:
        m = self.meta
        sport = (
            "/".join(part for part in (m.sport, m.sub_sport) if part)
            or "unknown sport"
        )
        return (
            f"<{type(self).__name__} {m.source or '(no source)'}: {sport}, {m.start_time}, "
            f"{len(self.records)} records, {len(self.issues)} issues>"
        )

    @cached_property
    def index(self) -> pd.DatetimeIndex:
        """The times of the records."""
        index = self.records.index
        assert isinstance(index, pd.DatetimeIndex)  # checked when it was made
        return index

    @cached_property
    def seconds(self) -> Floats:
        """Time of each record since the first one [s]; not to be written to."""
        stamps = self.index.as_unit("ns").asi8
        seconds = np.asarray((stamps - stamps[0]) / 1e9, dtype=np.float64)
        seconds.setflags(write=False)
        return seconds

    @cached_property
    def columns(self) -> Mapping[str, Floats]:
        """The columns of ``records`` as arrays by name; not to be written to."""
        block = self.records.to_numpy()
        if block.dtype != np.float64:
            return {
                str(name): column.to_numpy()
                for name, column in self.records.items()
            }
        return dict(zip(self.records.columns, block.T, strict=True))

    def times_at(self, seconds: Floats) -> pd.DatetimeIndex:
        """Return the UTC times, to the millisecond, at seconds since the first record."""
        first = self.index[:1].as_unit("ns").asi8
        return pd.DatetimeIndex(
            (first + (np.rint(seconds * 1e3) * 1e6).astype(np.int64)).view(
                "M8[ns]"
            ),
            tz="UTC",
        )

    def has(self, column: str) -> bool:
        """Whether a record column holds at least one value."""
        return bool(self.records[column].notna().any())


@dataclass(frozen=True)
class DistanceQuality:
    """How the distance of a recording was found.

    Attributes
    ----------
    by_pod : float
        Share of the way that is by a foot pod, as a receiver loses part of it there [1].
    calibrated_on : float
        Straight way on which the pod's scale was found [m].
    error : float
        Standard deviation of the log of that scale, by straight kilometres left out [1]; NaN
        where no pod was used.

    Examples
    --------
    >>> import trailstats as ts
    >>> ts.clean(ts.read("data/samples/odd/two-tracks.gpx")).distance_quality.by_pod
    0.0
    """

    by_pod: float = 0.0
    calibrated_on: float = 0.0
    error: float = float("nan")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CleanActivity(Activity):
    """An activity after `clean`: in order of time, without errors, with distance and elevation
    along the track.

    It has all that an `Activity` has, and is accepted wherever one is.

    Attributes
    ----------
    track : pandas.DataFrame
        Table ``schema.TRACK``, same index as ``records``. Where the elevation is not believed, its
        grade is NaN.
    original : Activity
        The activity as it was read.
    elevation_quality : ElevationQuality
    distance_quality : DistanceQuality

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.clean(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> isinstance(run, ts.CleanActivity), len(run.track) == len(run.records)
    (True, True)
    """

    track: pd.DataFrame
    original: Activity
    elevation_quality: ElevationQuality = field(default_factory=ElevationQuality)
    distance_quality: DistanceQuality = DistanceQuality()

    @classmethod
    def of(
        cls,
        activity: Activity,
        records: Mapping[str, Floats],
        track: Mapping[str, object],
        **found: object,
    ) -> CleanActivity:
        """Return an activity with other records, and with a track.

        Parameters
        ----------
        activity : Activity
            In order of time.
        records, track : mapping of str to numpy.ndarray
            Columns of ``schema.RECORDS`` and ``schema.TRACK``, one value for each of its samples.
        **found : object
            The other attributes that differ.
        """
        index = activity.index
        columns = schema.RECORDS.columns_of(records, len(index))
        along = schema.TRACK.columns_of(track, len(index))
        left = activity.left() | {
            "records": lambda: columns.to_frame(index),
            "track": lambda: along.to_frame(index),
        }
        given = {
            f.name: getattr(activity, f.name)
            for f in fields(Activity)
            if f.name not in left
        }
        made = cls.with_later(left, **given | found)
        # What frames are made from, should anyone look at one.
        vars(made).update(
            index=index, columns=columns.arrays, track_columns=along.arrays
        )
        return made

    @cached_property
    def moving_seconds(self) -> Floats:
        """Moving time that each record stands for [s]; 0 for one that stands still; not to be
        written to.
        """
        moving, duration = (
            self.track_column(name) for name in ("moving", "duration")
        )
        seconds = np.where(moving, duration, 0.0)
        seconds.setflags(write=False)
        return seconds

    @cached_property
    def track_columns(self) -> Mapping[str, Floats]:
        """The columns of ``track`` as arrays by name; not to be written to."""
        # Looked up dozens of times in one analysis, where a column of a frame costs 20 us.
        return {str(name): c.to_numpy() for name, c in self.track.items()}

    def track_column(self, name: str) -> Floats:
        """Return a column of ``track`` as an array; not to be written to."""
        return self.track_columns[name]


def empty_pauses() -> pd.DataFrame:
    """Return a pause table without rows."""
    return pd.DataFrame(
        {
            c: pd.Series(dtype="datetime64[ns, UTC]")
            for c in ("start_time", "end_time")
        }
    )
