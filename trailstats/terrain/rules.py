"""Every threshold of segments and terrain, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass, fields

from trailstats.errors import ConfigError
from trailstats.model.plugins import usable
from trailstats.schema import SurfaceSource
from trailstats.terrain.baseline import Baseline

__all__ = ["ALL_SOURCES", "TerrainRules"]

MODELS = "trailstats.terrain_models"
"""The group of entry points of models that other packages bring."""

ALL_SOURCES = frozenset(
    {
        SurfaceSource.LABEL,
        SurfaceSource.MAP,
        SurfaceSource.TAG,
        SurfaceSource.SIGNAL,
    }
)
"""Every kind of evidence that a surface can rest on."""


@dataclass(frozen=True, kw_only=True)
class TerrainRules:
    """How runs are cut, and when a stretch counts as road, trail, steep, technical or hiked.

    All values are our choice unless a source is named.

    Attributes
    ----------
    sources : frozenset of SurfaceSource
        Evidence that may be used for the surface. Where several speak, the first of label, map,
        tag, signal wins along a run; all of them enter what is believed of the run.
    decide : float
        A stretch is trail, or road, when the probability of that reaches this; else it is unknown.
        Chosen on runs left out of training: where a stretch is named, nine tenths are right.
    sure : float
        A run is trail, or road, when the probability that most of it is reaches this.
    mostly : float
        Expected share of its way that a run called trail, or road, has at least.
    some : float
        A run is mixed when the interval of its share leaves at least so much of both.
    flat, gentle, steep : float
        Bounds of the slope classes, as absolute grades: flat below the first, gentle below the
        second, up or down below the third, steep from there on. Tibial load does not differ from
        the flat at 0.05 [Rice2024]_.
    slope_hysteresis : float
        A stretch changes its slope class only when the grade passes the bound by half of this.
    min_length : float
        Shortest segment [m], and shortest stretch of one answer by label and map.
    slope_length : float
        Shortest stretch of one slope class [m].
    surface_length : float
        Mean length of a stretch of one surface, which the smoothing along the run expects [m].
    technical : float
        A stretch is technical when its probability reaches this.
    technical_length : float
        Mean length of a technical stretch, which the smoothing along the run expects [m].
    hike_cadence : float
        Fewer steps of both feet per minute than this are hiking; where people change from walking
        to running on the flat [1/min].
    hike_speed : float
        Without a cadence, slower than this is hiking; where people change from walking to running
        on the flat, and less on climbs [m/s].
    gait_length : float
        Shortest stretch of hiking within running, or of running within hiking, that is a segment of
        its own [m].
    climb_gain, climb_grade : float
        A climb gains at least so much [m], at this mean grade; descents likewise.
    climb_dip : float
        A dip up to this depth stays inside a climb [m].
    climb_dip_share : float
        So does a dip up to this share of the rises before and after it.
    climb_flat : float
        A stretch flatter than this grade is no part of a climb, unless it is short.
    baseline : Baseline, optional
        The athlete's own flat-road pace, from runs analysed before.
    model : str
        Name of a plug-in that tells road from trail by the signal; empty for our own model.

    Raises
    ------
    ConfigError
        When a probability lies outside 0 to 1, the bounds don't increase, a length is not positive,
        or a source is none of the four,
        or there is no such model.

    Examples
    --------
    >>> from trailstats.schema import SurfaceSource
    >>> TerrainRules(sources=frozenset({SurfaceSource.SIGNAL})).decide
    0.75
    """

    sources: frozenset[SurfaceSource] = ALL_SOURCES
    decide: float = 0.75
    sure: float = 0.8
    mostly: float = 0.6
    some: float = 0.1
    flat: float = 0.02
    gentle: float = 0.05
    steep: float = 0.10
    slope_hysteresis: float = 0.01
    min_length: float = 100.0
    slope_length: float = 200.0
    surface_length: float = 500.0
    technical: float = 0.5
    technical_length: float = 100.0
    hike_cadence: float = 140.0
    hike_speed: float = 2.0
    gait_length: float = 200.0
    climb_gain: float = 15.0
    climb_grade: float = 0.03
    climb_dip: float = 10.0
    climb_dip_share: float = 0.10
    climb_flat: float = 0.015
    baseline: Baseline | None = None
    model: str = ""

    def __post_init__(self) -> None:
        if not self.sources <= ALL_SOURCES:
            names = ", ".join(sorted(s.value for s in self.sources - ALL_SOURCES))
            raise ConfigError(
                f"{names} is not evidence for a surface; known are label, map, tag and signal"
            )
        models = [one.plugin.name for one in usable(MODELS)] if self.model else []
        if self.model and self.model not in models:
            known = ", ".join(models) or "none"
            raise ConfigError(
                f"there is no terrain model {self.model!r}; installed are {known}"
            )
        for name in ("decide", "sure", "mostly"):
            if not 0.5 <= getattr(self, name) < 1.0:
                raise ConfigError(
                    f"{name} is {getattr(self, name):g}; it must be at least 0.5 and below 1"
                )
        if not 0.0 < self.technical < 1.0:
            raise ConfigError(
                f"technical is {self.technical:g}; it must lie between 0 and 1"
            )
        if not 0.0 < self.flat < self.gentle < self.steep:
            raise ConfigError(
                "the bounds flat, gentle and steep must increase from above 0"
            )
        if not 0.0 <= self.slope_hysteresis < self.flat:
            raise ConfigError(
                "slope_hysteresis must be at least 0 and smaller than flat"
            )
        for field in fields(self):
            if (
                field.name.endswith(("length", "cadence", "speed"))
                and getattr(self, field.name) <= 0
            ):
                raise ConfigError(f"{field.name} must be positive")
