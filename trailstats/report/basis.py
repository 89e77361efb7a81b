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
from trailstats.report.packaged import packaged_tables
from trailstats.schema import SurfaceSource, has_ground

_TEXTS = packaged_tables("basis.toml")


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
    words = {"sources": _sources(analyses), "hint": _hint(analyses)}
    lists: dict[str, list[str]] = {
        name: [sentence.format(**words) for sentence in sentences]
        for name, sentences in _TEXTS["always"].items()
    }
    perhaps = _TEXTS["perhaps"]
    if len(analyses) > 1:
        lists["measured"].append(_recorded_channels(analyses))
    assumed = lists["assumed"]
    if limits is not None:
        assumed.insert(0, _limits(limits))
    if unplaced := sum(not np.isfinite(a.meta.local_offset) for a in analyses):
        which = perhaps["utc_of_one" if len(analyses) == 1 else "utc_of_some"]
        which = which.format(
            some=text.count(unplaced), activities=text.count(len(analyses))
        )
        assumed.append(f"{which} {perhaps['utc']}")
    if private:
        assumed.append(perhaps["private"])
    return Basis(**{name: tuple(sentences) for name, sentences in lists.items()})


def _recorded_channels(analyses: Sequence[Analysis]) -> str:
    counts = {
        name: sum(bool(np.isfinite(a.profile[name]).any()) for a in analyses)
        for name in ("latitude", "elevation")
    }
    counts["activities"] = len(analyses)
    counts["beats"] = sum(a.totals.heart_rate_time > 0 for a in analyses)
    shown = {name: text.count(n) for name, n in counts.items()}
    channels: str = _TEXTS["perhaps"]["channels"]
    return channels.format(**shown)


def map_hint(unknown_share: float, by_map: bool) -> str:
    """Return the advice to give a map: where much is unknown and no map was of use; else an
    empty text.

    Parameters
    ----------
    unknown_share : float
        Share of the distance whose surface is unknown.
    by_map : bool
        Whether the surface of any stretch is known from a map.
    """
    if by_map or not unknown_share >= text.MUCH_UNKNOWN:
        return ""
    return (
        f"Of the distance {text.percent(unknown_share)} is unknown and no map was used: a local "
        "OpenStreetMap extract "
        "(--map region.osm.pbf) would settle most of it."
    )


def _hint(analyses: Sequence[Analysis]) -> str:
    placed = [
        a
        for a in analyses
        if a.totals.distance > 0 and has_ground(a.meta.sport, a.meta.sub_sport)
    ]
    total = sum(a.totals.distance for a in placed)
    unknown = sum(a.totals.unknown_share * a.totals.distance for a in placed)
    by_map = any((a.segments["surface_source"] == "map").any() for a in analyses)
    hint = map_hint(unknown / total if total else 0.0, by_map)
    return f" {hint}" if hint else ""


def _sources(analyses: Sequence[Analysis]) -> str:
    sources = [source for source in SurfaceSource if source is not SurfaceSource.NONE]
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


def _limits(limits: HeartRateLimits) -> str:
    values = [
        ("maximum", limits.maximum),
        ("rest", limits.rest),
        ("easy ceiling", limits.easy_ceiling),
        ("hard from", limits.hard_floor),
    ]
    known = [
        f"{name} {text.rate(value)}" for name, value in values if np.isfinite(value)
    ]
    if not known:
        return f"Heart-rate limits: {limits.source}."
    return f"Heart-rate limits per minute: {', '.join(known)}. Source: {limits.source}."
