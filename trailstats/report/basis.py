"""What the numbers of a page rest on: measured, modelled or assumed, counted over its
activities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Flags
from trailstats.history.map_need import MapNeed
from trailstats.model.limits import HeartRateLimits
from trailstats.report import text
from trailstats.report.activity_part import Counted
from trailstats.report.map_hint import GroundKnown, map_hint
from trailstats.schema import SurfaceSource

Need = Callable[[Flags], MapNeed]


@dataclass(frozen=True)
class Basis:
    """Three lists of sentences."""

    measured: tuple[str, ...]
    modelled: tuple[str, ...]
    assumed: tuple[str, ...]


def basis_of(
    counted: Sequence[Counted],
    limits: HeartRateLimits | None,
    private: bool,
    need: Need,
) -> Basis:
    """Return what the numbers of these activities rest on.

    Parameters
    ----------
    counted : sequence of Counted
        Of each activity.
    limits : HeartRateLimits or None
        The heart-rate limits that were used, where known.
    private : bool
        Whether privacy zones were applied.
    need : callable
        Given which activities count, returns what they need of a map.
    """
    measured = [
        "Time, position, heart rate and cadence as the device recorded them; jumps and pauses "
        "removed, each change "
        "listed under the activity.",
        "Elevation as recorded, smoothed over distance; ascent and grade follow from it.",
    ]
    if len(counted) > 1:
        measured.append(_recorded_channels(counted))
    modelled = [
        f"Road or trail: {_sources(counted)}. Where that isn't clear, the ground is "
        "left unknown." + _hint(counted, need),
        "Grade-adjusted pace, or as if level: the pace that the same effort would give on the "
        "flat, by published measurements of what slopes cost. The range beside it shows how far "
        "these differ.",
        "Impact, muscle and shin loads: steps and forces estimated from speed, grade and cadence, "
        "as kilometres on a level road that would ask as much. They compare runs; they are no "
        "forces measured in a joint.",
        "Session load: the minutes of a run, where harder ones, by heart rate or pace, count more. "
        "Fitness and fatigue are its means over the weeks and the days before.",
    ]
    assumed = [
        _limits(limits),
        "From where on ground is steep, rough or hiked: the same for everybody, listed in the "
        "documentation.",
        "Differences between trail and road are what goes together in one runner's records. They "
        "don't show what causes what.",
    ]
    if unplaced := sum(not one.local_time for one in counted):
        which = (
            f"{text.count(unplaced)} of {text.count(len(counted))} files lack the local time: "
            "theirs is"
        )
        if len(counted) == 1:
            which = "The file lacks the local time: it is"
        assumed.append(
            f"{which} given in UTC and marked so. Weeks begin on Monday by the "
            "runner's clock."
        )
    if private:
        assumed.append(
            "Private places of the athlete's profile were left out of maps and profiles."
        )
    return Basis(tuple(measured), tuple(modelled), tuple(s for s in assumed if s))


def _recorded_channels(counted: Sequence[Counted]) -> str:
    total = text.counted(len(counted), "activity", "activities")
    places, heights, beats = (
        text.count(sum(getattr(one, name) for one in counted))
        for name in ("positions", "elevation", "heart_rate")
    )
    return (
        f"Recorded in {total}: positions in {places}, elevation in {heights}, heart rate in "
        f"{beats}."
    )


def _hint(counted: Sequence[Counted], need: Need) -> str:
    outside = np.array([one.has_ground for one in counted], dtype=bool)
    columns = np.array(
        [
            (one.distance, one.unknown_share, one.map_coverage)
            for one in counted
            if one.has_ground
        ],
        dtype=float,
    )
    known = GroundKnown(*columns.reshape(-1, 3).T)
    hint = map_hint(known, lambda: need(outside))
    return f" {hint}" if hint else ""


def _sources(counted: Sequence[Counted]) -> str:
    lengths = {
        source: sum(dict(one.classified)[source] for one in counted)
        for source in SurfaceSource
        if source is not SurfaceSource.NONE
    }
    total = sum(lengths.values())
    if total <= 0:
        return "told by labels, a map, the file's tag or the recording's signal, in this order"
    parts = [
        f"{source.description} ({text.percent(length / total)})"
        for source, length in lengths.items()
        if length > 0
    ]
    return f"of the distance whose ground is known, told by {', '.join(parts)}"


def _limits(limits: HeartRateLimits | None) -> str:
    if limits is None:
        return ""
    values = [
        ("maximum", limits.maximum),
        ("rest", limits.rest),
        ("easy ceiling", limits.easy_ceiling),
        ("hard from", limits.hard_floor),
    ]
    known = [
        f"{name} {text.rate(value)}"
        for name, value in values
        if np.isfinite(value)
    ]
    if not known:
        return f"Heart-rate limits: {limits.source}."
    return f"Heart beats a minute: {', '.join(known)}. Source: {limits.source}."
