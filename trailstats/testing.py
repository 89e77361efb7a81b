"""The tests that a plug-in has to pass, for its author's own test suite.

Each function raises `AssertionError` with a sentence where the plug-in breaks its promise::

    from trailstats.testing import check_metric

    def test_the_metric():
        check_metric(my_package.BOUNCE)
"""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.analysis import analyze
from trailstats.claims.result import ClaimResult
from trailstats.cleaning import clean
from trailstats.errors import ReadError
from trailstats.history import History
from trailstats.history._history import combine
from trailstats.model.activity import Activity, ActivityMeta, CleanActivity
from trailstats.model.athlete import Athlete
from trailstats.model.plugins import (
    ClaimPlugin,
    MetricPlugin,
    ReaderPlugin,
    Recorded,
    TerrainModelPlugin,
)
from trailstats.model.results import Metric

__all__ = [
    "check_claim",
    "check_metric",
    "check_reader",
    "check_terrain_model",
    "example_history",
    "example_run",
]

CHANGES = 200
"""Damaged copies of a file that a reader is tried on."""


def example_run(
    seconds: int = 1800, *, heart_rate: bool = True, positions: bool = True
) -> Activity:
    """Return a made-up run over a hill, recorded every second.

    Parameters
    ----------
    seconds : int
    heart_rate, positions : bool
        Whether they were recorded.

    Examples
    --------
    >>> from trailstats.testing import example_run
    >>> len(example_run(600).records)
    600
    """
    clock = np.arange(float(seconds))
    speed = 2.8 + 0.3 * np.sin(clock / 47.0)
    way = np.cumsum(speed)
    bearing = 0.8 * np.sin(way / 300.0)
    north, east = (np.cumsum(speed * f(bearing)) for f in (np.cos, np.sin))
    nothing = np.full(seconds, np.nan)
    metre = 360.0 / 40_075_017.0
    columns = {
        "latitude": 31.0 + north * metre if positions else nothing,
        "longitude": east * metre / math.cos(math.radians(31.0)) - 44.0
        if positions
        else nothing,
        "elevation": 100.0 + 60.0 * np.sin(way / 700.0),
        "distance": way - way[0],
        "speed": speed,
        "heart_rate": 140.0 + 8.0 * np.sin(clock / 90.0)
        if heart_rate
        else nothing,
        "cadence": 168.0 + 2.0 * np.sin(clock / 31.0),
    }
    index = pd.date_range(
        "2026-05-01T06:00Z", periods=seconds, freq="s", unit="ns", name="time"
    )
    meta = ActivityMeta(
        source="example", format="fit", sport="running", start_time=index[0]
    )
    return Activity(schema.RECORDS.frame(columns, index), meta)


def example_history(runs: Iterable[Activity] | None = None) -> History:
    """Return the history of some runs; without any given, that of three made-up ones.

    Examples
    --------
    >>> from trailstats.testing import example_history
    >>> len(example_history().runs)
    3
    """
    if runs is None:
        runs = [_of_day(example_run(900 + 300 * k), k) for k in range(3)]
    return combine([analyze(run) for run in runs], (), Athlete())


def _of_day(run: Activity, day: int) -> Activity:
    """Return a run so many days later, under a name of its own."""
    records = run.records.set_index(
        pd.DatetimeIndex(run.records.index) + pd.Timedelta(days=day)
    )
    meta = ActivityMeta(
        source=f"example {day}",
        format="fit",
        sport="running",
        start_time=records.index[0],
        content_hash=str(day),
    )
    return Activity(records, meta)


def check_reader(plugin: ReaderPlugin, content: bytes) -> None:
    """Check a reader with the content of a file of its format.

    Parameters
    ----------
    plugin : ReaderPlugin
    content : bytes
        Of a sound file.

    Raises
    ------
    AssertionError
        When the file is not recognised or gives no activity; when another format's file or nothing
        is; when an index holds no times or a column is not in the unit of the schema; or when one
        of 200 damaged copies raises something else than a `ReadError`.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.testing import check_reader, example_run
    >>> def parse(data):
    ...     if data != b"pwx":
    ...         raise ts.CorruptFileError("it is cut off")
    ...     return [ts.Recorded(example_run(60).records)]
    >>> reader = ts.ReaderPlugin("pwx", (".pwx",), lambda head: head[:3] == b"pwx", parse)
    >>> check_reader(reader, b"pwx")
    """
    assert isinstance(plugin, ReaderPlugin), f"{plugin!r} is no ReaderPlugin"
    assert all(s.startswith(".") for s in plugin.suffixes), "suffixes have a dot"
    assert plugin.sniff(content[:4096]), "it doesn't recognise its own file"
    for other in (b"", b"<gpx></gpx>", b"\x0e\x10\0\0\0\0\0\0.FIT", b"\xff" * 64):
        assert not plugin.sniff(other), f"it takes {other[:12]!r} for its own"
    found = list(plugin.parse(content))
    assert found, "it finds no activity in its own file"
    for one in found:
        _check_recorded(one)
    for damaged in _damaged(content):
        try:
            list(plugin.parse(damaged))
        except ReadError:
            continue
        except Exception as error:
            raise AssertionError(
                f"a damaged file makes it raise {type(error).__name__}: {error}"
            ) from error


def _check_recorded(one: Recorded) -> None:
    assert isinstance(one, Recorded), f"it gave no Recorded, but {type(one)}"
    records = one.records
    assert isinstance(records.index, pd.DatetimeIndex), "its index holds no times"
    known = [name for name in schema.RECORDS.names if name in records]
    assert known, "none of its columns is one of schema.RECORDS"
    for name, (low, high) in _BOUNDS.items():
        if name in known:
            held = records[name].dropna()
            assert held.between(low, high).all(), (
                f"{name} is out of {low} to {high}"
            )


_BOUNDS = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "heart_rate": (0.0, 260.0),
    "speed": (0.0, 60.0),
    "cadence": (0.0, 300.0),
}
"""What no run of a person goes beyond, in the units of the schema: what does was not converted."""


def _damaged(content: bytes) -> Iterable[bytes]:
    """Yield copies that are cut off or have some bytes changed, the same ones each time."""
    chance = random.Random(len(content))
    for number in range(CHANGES):
        if number % 4 == 0:
            yield content[: chance.randrange(len(content))]
            continue
        changed = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield bytes(changed)


def check_terrain_model(
    plugin: TerrainModelPlugin, runs: Iterable[Activity] | None = None
) -> None:
    """Check a model of road or trail on runs; without any given, on made-up ones.

    Raises
    ------
    AssertionError
        When distances don't increase, a probability lies outside 0 to 1, it raises anything, or it
        gives something else the second time.

    Examples
    --------
    >>> import numpy as np
    >>> import trailstats as ts
    >>> from trailstats.testing import check_terrain_model
    >>> def coin(run):
    ...     along = np.arange(50.0, run.track["distance"].iloc[-1], 100.0)
    ...     return along, np.full(len(along), 0.5), 0.5
    >>> check_terrain_model(ts.TerrainModelPlugin("coin", coin))
    """
    assert isinstance(plugin, TerrainModelPlugin), f"{plugin!r} is no model"
    for run in _cleaned(runs):
        first, second = (_raises_nothing(plugin.estimate, run) for _ in range(2))
        distance, p_trail, whole = first
        assert np.shape(distance) == np.shape(p_trail), "lengths differ"
        assert np.all(np.diff(distance) > 0), "distances don't increase"
        inside = (np.asarray(p_trail) >= 0) & (np.asarray(p_trail) <= 1)
        assert inside.all(), "a probability lies outside 0 to 1"
        assert math.isnan(whole) or 0 <= whole <= 1, "the whole's lies outside"
        same = np.array_equal(first[1], second[1])
        assert same, "the same run gives another answer the second time"


def check_metric(
    plugin: MetricPlugin, runs: Iterable[Activity] | None = None
) -> None:
    """Check a metric on runs; without any given, on made-up ones with and without heart rates and
    positions.

    Raises
    ------
    AssertionError
        When its name is taken, it raises anything, gives neither a number nor a `Metric`, or
        changes what it was given.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.testing import check_metric
    >>> pauses = ts.MetricPlugin("pauses", "1", "pauses taken", lambda run, found: len(run.pauses))
    >>> check_metric(pauses)
    """
    assert isinstance(plugin, MetricPlugin), f"{plugin!r} is no MetricPlugin"
    assert plugin.name not in schema.METRICS, f"{plugin.name!r} is taken"
    assert plugin.unit, 'it has no unit; "1" is that of a plain number'
    for run in _cleaned(runs):
        analysis = analyze(run)
        before = pickle.dumps((run.records, analysis.segments))
        found = _raises_nothing(plugin.measure, run, analysis)
        if isinstance(found, Metric):
            assert found.unit == plugin.unit, "its metric has another unit"
            assert found or found.reason, "a metric without a value has a reason"
        else:
            number = isinstance(found, int | float | np.number)
            assert number, f"it gave no number, but {type(found).__name__}"
        after = pickle.dumps((run.records, analysis.segments))
        assert before == after, "it changed what it was given"


def check_claim(plugin: ClaimPlugin, history: History | None = None) -> None:
    """Check a claim on a history, a made-up one unless given, and on one without any run.

    Raises
    ------
    AssertionError
        When it raises anything, gives no `ClaimResult`, or answers where there is no run.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.testing import check_claim
    >>> def answer(history):
    ...     return ts.ClaimResult("weekends", "You run at weekends", "share of runs")
    >>> check_claim(ts.ClaimPlugin("weekends", "You run at weekends", answer))
    """
    assert isinstance(plugin, ClaimPlugin), f"{plugin!r} is no ClaimPlugin"
    empty = combine([], (), Athlete())
    for one in (history or example_history(), empty):
        found = _raises_nothing(plugin.answer, one)
        assert isinstance(found, ClaimResult), f"it gave {type(found).__name__}"
        assert found.claim == plugin.name, "its answer has another name"
        assert not (one is empty and found.is_decided), "it answers without a run"


def _cleaned(runs: Iterable[Activity] | None) -> Iterable[CleanActivity]:
    if runs is None:
        runs = [
            example_run(),
            example_run(heart_rate=False),
            example_run(positions=False),
            example_run(90),
        ]
    return (clean(run) for run in runs)


def _raises_nothing(function: object, *given: object) -> Any:  # noqa: ANN401  # what it gave
    assert callable(function), f"{function!r} can't be called"
    try:
        return function(*given)
    except Exception as error:
        raise AssertionError(
            f"it raises {type(error).__name__}: {error}"
        ) from error
