"""What other packages add: readers, terrain models, metrics and claims, found by entry points.

A package names an object of one of the classes below in the group of its kind::

    [project.entry-points."trailstats.metrics"]
    bounce = "my_package:BOUNCE"

Groups are looked at when they are first needed. What can't be loaded, or is none of its kind, is
left out and said; `trailstats.testing` holds the tests that a plug-in has to pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import pandas as pd

from trailstats.arrays import Floats
from trailstats.model.activity import CleanActivity, Issue
from trailstats.model.results import Analysis, Metric
from trailstats.schema import METRICS, Severity

__all__ = [
    "GROUPS",
    "ClaimPlugin",
    "Installed",
    "MetricPlugin",
    "ReaderPlugin",
    "Recorded",
    "TerrainModelPlugin",
    "installed",
    "plugin_fingerprint",
    "plugin_issue",
]


@dataclass(frozen=True, eq=False)
class Recorded:
    """One activity as a reader of another package found it.

    Attributes
    ----------
    records : pandas.DataFrame
        A row for each sample, indexed by its time (UTC). Columns of ``schema.RECORDS`` in its
        units, as many as there are, NaN where nothing was recorded; other numeric columns become
        ``extras``.
    sport, sub_sport : str
        In FIT's words.
    name, device : str

    Examples
    --------
    >>> import pandas as pd
    >>> import trailstats as ts
    >>> times = pd.date_range("2026-05-01T06:00Z", periods=3, freq="s")
    >>> ts.Recorded(pd.DataFrame({"heart_rate": [120.0, 121.0, 121.0]}, times)).sport
    'running'
    """

    records: pd.DataFrame
    sport: str = "running"
    sub_sport: str = ""
    name: str = ""
    device: str = ""


@dataclass(frozen=True)
class ReaderPlugin:
    """A reader of another format, in the entry-point group ``trailstats.readers``.

    Attributes
    ----------
    name : str
        Of the format, as ``meta.format`` has it.
    suffixes : tuple of str
        Such as ``(".pwx",)``; in archives only such files are looked at.
    sniff : callable
        Whether a file that begins with these bytes is one.
    parse : callable
        Every activity in the bytes of a file. A `ReadError` says what is wrong with the file; any
        other exception counts as the plug-in's own.

    Examples
    --------
    >>> import trailstats as ts
    >>> reader = ts.ReaderPlugin("pwx", (".pwx",), lambda head: b"<pwx" in head, lambda data: [])
    >>> reader.sniff(b"<pwx>")
    True
    """

    name: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    parse: Callable[[bytes], Iterable[Recorded]]


@dataclass(frozen=True)
class TerrainModelPlugin:
    """A model of road or trail, in the group ``trailstats.terrain_models``; chosen by
    ``TerrainRules(model=NAME)``.

    Attributes
    ----------
    name : str
    estimate : callable
        Of a cleaned run: distances along it [m], shape (w,), increasing; the probability of trail
        at each; and the probability that more than half of the way is trail. Empty and NaN where
        the recording doesn't show it.

    Examples
    --------
    >>> import numpy as np
    >>> import trailstats as ts
    >>> def coin(run):
    ...     along = np.arange(50.0, run.track["distance"].iloc[-1], 100.0)
    ...     return along, np.full(len(along), 0.5), 0.5
    >>> ts.TerrainModelPlugin("coin", coin).name
    'coin'
    """

    name: str
    estimate: Callable[[CleanActivity], tuple[Floats, Floats, float]]


@dataclass(frozen=True)
class MetricPlugin:
    """A metric of an activity, in the group ``trailstats.metrics``.

    Attributes
    ----------
    name : str
        A key of ``Analysis.metrics`` that trailstats doesn't have.
    unit, meaning : str
    measure : callable
        Of a cleaned activity and its analysis so far: a number, NaN where there is none, or a
        `Metric`. It may look at no heart-rate limit, which are applied later.

    Examples
    --------
    >>> import trailstats as ts
    >>> pauses = ts.MetricPlugin("pauses", "1", "pauses taken", lambda run, found: len(run.pauses))
    >>> pauses.unit
    '1'
    """

    name: str
    unit: str
    meaning: str
    measure: Callable[[CleanActivity, Analysis], float | Metric]


@dataclass(frozen=True)
class ClaimPlugin:
    """A claim about one runner, in the group ``trailstats.claims``.

    Attributes
    ----------
    name : str
        An identifier that is none of the article's claims.
    statement : str
        The claim in a sentence.
    answer : callable
        Of a `History`: a `ClaimResult` with this name as its ``claim``.

    Examples
    --------
    >>> import trailstats as ts
    >>> def answer(history):
    ...     return ts.ClaimResult("weekends", "You run at weekends", "share of runs")
    >>> ts.ClaimPlugin("weekends", "You run at weekends", answer).name
    'weekends'
    """

    name: str
    statement: str
    answer: Callable[[Any], Any]


GROUPS: Final[dict[str, type[Any]]] = {
    "trailstats.readers": ReaderPlugin,
    "trailstats.terrain_models": TerrainModelPlugin,
    "trailstats.metrics": MetricPlugin,
    "trailstats.claims": ClaimPlugin,
}
"""The groups of entry points, with what an entry has to be."""


@dataclass(frozen=True)
class Installed:
    """An entry of an installed package: a plug-in, or why it is none.

    Attributes
    ----------
    group, name : str
    package : str
        With its version.
    plugin : object
        None where it can't be used.
    fault : str
    """

    group: str
    name: str
    package: str
    plugin: Any = None
    fault: str = ""

    def failed(self, error: Exception) -> str:
        """Return a sentence that says whose fault an exception is."""
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        return f"the plug-in {self.name!r} of {self.package} failed: {what}"


@cache
def installed(group: str) -> tuple[Installed, ...]:
    """Return the entries of a group in the order of their names, those that can't be used as
    well.

    Parameters
    ----------
    group : str
        One of `GROUPS`.
    """
    entries = sorted(entry_points(group=group), key=lambda e: (e.name, e.value))
    found = [_loaded(entry) for entry in entries]
    seen: set[str] = set()
    for place, one in enumerate(found):
        if one.plugin is not None and one.plugin.name in seen:
            found[place] = _broken(entries[place], "another one has its name")
        elif one.plugin is not None:
            seen.add(one.plugin.name)
    return tuple(found)


def usable(group: str) -> Sequence[Installed]:
    """Return the entries of a group that can be used."""
    return [one for one in installed(group) if one.plugin is not None]


def _loaded(entry: EntryPoint) -> Installed:
    kind = GROUPS[entry.group]
    try:
        plugin = entry.load()
    except Exception as error:  # whatever a stranger's module does when imported
        return _broken(entry, f"{type(error).__name__}: {error}")
    if not isinstance(plugin, kind):
        return _broken(
            entry,
            f"{entry.value} is no {kind.__name__}, but {type(plugin).__name__}",
        )
    if isinstance(plugin, MetricPlugin) and plugin.name in METRICS:
        return _broken(entry, f"trailstats has a metric {plugin.name!r} itself")
    return Installed(entry.group, entry.name, _package_of(entry), plugin)


def _broken(entry: EntryPoint, fault: str) -> Installed:
    return Installed(entry.group, entry.name, _package_of(entry), fault=fault)


def _package_of(entry: EntryPoint) -> str:
    home = entry.dist
    return f"{home.name} {home.version}" if home is not None else entry.value


def plugin_issue(message: str) -> Issue:
    """Return the issue that a plug-in didn't do its part."""
    return Issue("plugin_failed", Severity.WARNING, message)


@cache
def plugin_fingerprint() -> str:
    """Return what stands for the installed plug-ins, so that a cache holds no results of others;
    nothing is loaded for it. Empty without any.
    """
    known = [
        (group, entry.name, entry.value, _package_of(entry))
        for group in GROUPS
        for entry in entry_points(group=group)
    ]
    return sha256(repr(sorted(known)).encode()).hexdigest() if known else ""
