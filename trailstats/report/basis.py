"""What the numbers of a page rest on: measured, modelled or assumed, counted over its
activities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.map_hint import runs_map_hint
from trailstats.schema import SurfaceSource


@dataclass(frozen=True)
class Basis:
    """Three lists of sentences."""

    measured: tuple[str, ...]
    modelled: tuple[str, ...]
    assumed: tuple[str, ...]


def basis_of(
    analyses: Sequence[Analysis], limits: HeartRateLimits | None, private: bool
) -> Basis:
    """Return what the numbers of these activities rest on.

    Parameters
    ----------
    analyses : sequence of Analysis
    limits : HeartRateLimits or None
        The heart-rate limits that were used, where known.
    private : bool
        Whether privacy zones were applied.
    """
    measured = [
        "Time, position, heart rate and cadence as the device recorded them; jumps and pauses "
        "removed, each change "
        "listed under the activity.",
        "Elevation as recorded, smoothed over distance; ascent and grade follow from it.",
    ]
    if len(analyses) > 1:
        measured.append(_recorded_channels(analyses))
    modelled = [
        f"Road or trail: {_sources(analyses)}. Where the probability is not clear, the ground is "
        "left unknown." + _hint(analyses),
        "Grade-adjusted pace: what the same effort would give on the flat, from a curve of effort "
        "over grade. The "
        "interval of a metric shows how far published curves differ.",
        "Impact, muscle and shin loads: steps and forces estimated from speed, grade and cadence, "
        "in equivalent "
        "kilometres on a level road. They compare runs; they are no forces measured in a joint.",
        "Session load, fitness and fatigue: heart rate or pace weighed by a formula.",
    ]
    assumed = [
        _limits(limits),
        "Thresholds for slope, technical ground and hiking: the same for everybody, listed in the "
        "documentation.",
        "Differences between trail and road are associations in one runner's records. They don't "
        "show "
        "what causes them.",
    ]
    if unplaced := sum(not np.isfinite(a.meta.local_offset) for a in analyses):
        which = (
            f"{text.count(unplaced)} of {text.count(len(analyses))} files lack the local time: "
            "theirs is"
        )
        if len(analyses) == 1:
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


def _recorded_channels(analyses: Sequence[Analysis]) -> str:
    def having(column: str) -> str:
        n = sum(bool(np.isfinite(a.profile[column]).any()) for a in analyses)
        return text.count(n)

    total = text.count(len(analyses))
    beats = text.count(sum(a.totals.heart_rate_time > 0 for a in analyses))
    return (
        f"Of {total} activities {having('latitude')} have positions, {having('elevation')} "
        f"elevation and {beats} "
        "heart rate."
    )


def _hint(analyses: Sequence[Analysis]) -> str:
    hint = runs_map_hint(analyses)
    return f" {hint}" if hint else ""


def _sources(analyses: Sequence[Analysis]) -> str:
    sources = [
        source for source in SurfaceSource if source is not SurfaceSource.NONE
    ]
    lengths = dict.fromkeys(sources, 0.0)
    for analysis in analyses:
        own = analysis.segments.groupby("surface_source")["distance"].sum()
        for source in sources:
            lengths[source] += float(own.get(source, 0.0))
    total = sum(lengths.values())
    if total <= 0:
        return "known from labels, a map, the file's tag or the recording's signal, in this order"
    parts = [
        f"{source.description} ({text.percent(length / total)})"
        for source, length in lengths.items()
        if length > 0
    ]
    return f"known from {', '.join(parts)} of the classified distance"


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
    return f"Heart-rate limits per minute: {', '.join(known)}. Source: {limits.source}."
