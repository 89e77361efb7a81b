"""What pushed the label of each segment: labels, the ways of a map, the file's tag, and each cue of
the signal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.cleaning import CleanRules, clean
from trailstats.model.activity import Activity
from trailstats.model.inputs import as_given
from trailstats.schema import SurfaceSource
from trailstats.schema.documents import plain, rows
from trailstats.terrain._sequence import log_odds_of, mean_between
from trailstats.terrain.classify import classify_by
from trailstats.terrain.features import WINDOW_STEP
from trailstats.terrain.fusion import SurfaceEvidence, gather_evidence
from trailstats.terrain.inputs import LabelsLike, MapLike, as_labels, as_map
from trailstats.terrain.maps import MapMatch
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.segments import cut_segments

__all__ = [
    "Explanation",
    "Reason",
    "WayShare",
    "describe_feature",
    "explain_terrain",
]

MOST_WAYS = 3
"""Ways listed for a segment, the longest first."""

_NAMES = {
    "wiggle": "winding left and right",
    "bends": "share of gentle bends",
    "straight": "share that runs straight",
    "corners": "turning gathered in few corners",
    "wide_corners": "long turns gathered in few places",
    "speed": "speed against the run's own",
    "speed_jumps": "unsteady speed from 10 m to 10 m",
    "speed_scatter": "unsteady speed within steady running",
    "slow_share": "share at walking speed",
    "activity": "the run as a whole",
    "own_pace": "pace on the flat against your own",
    "intercept": "before any evidence",
}


_COLUMNS = (
    "index",
    "start_distance",
    "end_distance",
    "surface",
    "p_trail",
    "surface_source",
)
"""Columns of a segment that an explanation repeats."""


@dataclass(frozen=True)
class Reason:
    """A cue of the signal, and what it adds to the log-odds of trail: below zero it speaks for
    road.
    """

    name: str
    words: str
    log_odds: float


@dataclass(frozen=True)
class WayShare:
    """A way that was followed.

    Attributes
    ----------
    way : int
        Id of the way.
    share : float
        Of the segment's length.
    rule : str
        Name of the row of the table of tags.
    p_trail : float
    tags : dict of str to str
    """

    way: int
    share: float
    rule: str
    p_trail: float
    tags: dict[str, str]


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why the segments of an activity have their surface.

    Attributes
    ----------
    trail_probability : float
        That the whole was a trail run.
    trail_source : SurfaceSource
    tag : float
        Log-odds of trail by the file's tag; NaN without one.
    whole : tuple of Reason
        Cues of the signal for the whole run, the strongest first.
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``.
    reasons : tuple of tuple of Reason
        Cues of the signal for each segment, the strongest first; also where something else decided.
        The sum of a segment is its evidence before it is smoothed along the run and calibrated.
    ways : tuple of tuple of WayShare
        Of each segment, the longest first; empty without a map.
    attribution : str
        What has to stand where the ways are shown; empty without any.

    Examples
    --------
    >>> import trailstats as ts
    >>> found = ts.explain_terrain(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> 0.0 <= found.trail_probability <= 1.0
    True
    """

    trail_probability: float
    trail_source: SurfaceSource
    tag: float
    whole: tuple[Reason, ...]
    segments: pd.DataFrame
    reasons: tuple[tuple[Reason, ...], ...]
    ways: tuple[tuple[WayShare, ...], ...]
    attribution: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return plain values, NaN as None: what the document ``explanation`` holds beside file and
        version.
        """
        segments = rows(self.segments[list(_COLUMNS)])
        for row, reasons, ways in zip(
            segments, self.reasons, self.ways, strict=True
        ):
            row["reasons"] = [vars(reason) for reason in reasons]
            row["ways"] = [vars(way) for way in ways]
        found = {
            "trail_probability": self.trail_probability,
            "trail_source": self.trail_source,
            "tag": self.tag,
            "whole": [vars(reason) for reason in self.whole],
            "segments": segments,
        }
        if self.attribution:
            found["attribution"] = self.attribution
        return {name: plain(value) for name, value in found.items()}


def explain_terrain(
    activity: Activity,
    *,
    cleaning: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: MapLike | None = None,
    labels: LabelsLike | None = None,
) -> Explanation:
    """Return why the segments of an activity have their surface.

    Parameters
    ----------
    activity : Activity
        One as read is cleaned first.
    cleaning : CleanRules, optional
        How; without use where it has been cleaned.
    terrain : TerrainRules, optional
    map : RoadMap, path or list of paths, optional
    labels : SurfaceLabels or path, optional

    Returns
    -------
    Explanation

    Raises
    ------
    ConfigError, MissingExtraError, WriteError
        When the map can't be used; see `RoadMap`.

    Examples
    --------
    >>> import trailstats as ts
    >>> found = explain_terrain(ts.read("data/samples/archive/2024-06-21-1913.fit"))
    >>> len(found.reasons) == len(found.segments)
    True
    """
    rules = as_given(TerrainRules, terrain, option="terrain")
    run = clean(activity, cleaning=cleaning)
    evidence = gather_evidence(
        run, terrain=rules, map=as_map(map), labels=as_labels(labels)
    )
    segments = classify_by(evidence, cut_segments(run, terrain=rules), rules)
    return Explanation(
        trail_probability=evidence.trail_probability,
        trail_source=evidence.trail_source,
        tag=float(np.clip(evidence.tag, *log_odds_of([0.0, 1.0]))),
        whole=_strongest_first(evidence.signal.activity_contributions),
        segments=segments,
        reasons=_reasons(evidence, segments),
        ways=_ways(evidence.match, segments),
        attribution=evidence.match.attribution if evidence.match else "",
    )


def describe_feature(name: str) -> str:
    """Return what a feature is, in words; the number in its name is the length looked at.

    Examples
    --------
    >>> describe_feature("wiggle_400")
    'winding left and right (400 m)'
    """
    kind, _, length = name.rpartition("_")
    if length.isdecimal():
        return f"{_NAMES.get(kind, kind.replace('_', ' '))} ({length} m)"
    return _NAMES.get(name, name.replace("_", " "))


def _reasons(
    evidence: SurfaceEvidence, segments: pd.DataFrame
) -> tuple[tuple[Reason, ...], ...]:
    pieces = evidence.signal.contributions
    if pieces.empty:
        return ((),) * len(segments)
    centres = pieces.index.to_numpy(float)
    ends = [segments[c].to_numpy() for c in ("start_distance", "end_distance")]
    means = {
        str(name): mean_between(
            centres, pieces[name].to_numpy(), WINDOW_STEP, *ends
        )
        for name in pieces
    }
    return tuple(
        _strongest_first(
            {name: float(values[i]) for name, values in means.items()}
        )
        for i in range(len(segments))
    )


def _strongest_first(parts: dict[str, float]) -> tuple[Reason, ...]:
    ordered = sorted(parts.items(), key=lambda part: -abs(part[1]))
    return tuple(
        Reason(name, describe_feature(name), value) for name, value in ordered
    )


def _ways(
    match: MapMatch | None, segments: pd.DataFrame
) -> tuple[tuple[WayShare, ...], ...]:
    if match is None:
        return ((),) * len(segments)
    borders = segments[["start_distance", "end_distance"]].itertuples(index=False)
    out = []
    for start, end in borders:
        inside = match.way[(match.distance >= start) & (match.distance < end)]
        shares = pd.Series(inside[inside != 0]).value_counts(sort=False) / len(
            inside
        )
        shares = shares.sort_index().sort_values(ascending=False, kind="stable")
        longest = shares[:MOST_WAYS]
        ways = zip(longest.index.tolist(), longest.tolist(), strict=True)
        out.append(tuple(_way_share(match, way, share) for way, share in ways))
    return tuple(out)


def _way_share(match: MapMatch, way: int, share: float) -> WayShare:
    rule = match.ground(way).rule
    return WayShare(way, share, rule.name, rule.p_trail, match.tags[way])
