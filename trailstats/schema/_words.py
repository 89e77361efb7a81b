"""The enums that stand in the tables: surface, slope, gait, severity, verdict, strength of
evidence.
"""

from __future__ import annotations

from enum import StrEnum

NO_CADENCE = 255.0
"""What FIT's profile has for "no cadence" in a byte, and some write on in wider fields."""


class Surface(StrEnum):
    """What the ground under a stretch is, as far as it is known.

    Examples
    --------
    >>> from trailstats import Surface
    >>> Surface("trail") is Surface.TRAIL, Surface.TRAIL == "trail"
    (True, True)
    """

    ROAD = "road"
    TRAIL = "trail"
    UNKNOWN = "unknown"


class RunSurface(StrEnum):
    """What the ground of a run is as a whole.

    Examples
    --------
    >>> from trailstats.schema import RunSurface
    >>> RunSurface("mixed") is RunSurface.MIXED
    True
    """

    # The first three as in `Surface`.
    ROAD = "road"
    TRAIL = "trail"
    UNKNOWN = "unknown"
    MIXED = "mixed"


class SurfaceSource(StrEnum):
    """Which evidence a surface rests on, strongest first.

    Examples
    --------
    >>> from trailstats import SurfaceSource, TerrainRules
    >>> SurfaceSource.TAG in TerrainRules().sources
    True
    """

    LABEL = "label"
    MAP = "map"
    TAG = "tag"
    SIGNAL = "signal"
    NONE = "none"

    @property
    def description(self) -> str:
        """What the evidence is, as people read it."""
        return {
            SurfaceSource.LABEL: "your labels",
            SurfaceSource.MAP: "the map",
            SurfaceSource.TAG: "the file's tag",
            SurfaceSource.SIGNAL: "the recording's signal",
            SurfaceSource.NONE: "nothing",
        }[self]


class Slope(StrEnum):
    """Slope class of a stretch, from the grade along it; the mean over a short one may lie outside.

    Examples
    --------
    >>> from trailstats import Slope
    >>> Slope("steep_up").is_up, Slope.FLAT.is_down
    (True, False)
    """

    STEEP_DOWN = "steep_down"
    DOWN = "down"
    GENTLE_DOWN = "gentle_down"
    FLAT = "flat"
    GENTLE_UP = "gentle_up"
    UP = "up"
    STEEP_UP = "steep_up"
    UNKNOWN = "unknown"

    @property
    def is_up(self) -> bool:
        """Whether the stretch goes uphill."""
        return self in (Slope.GENTLE_UP, Slope.UP, Slope.STEEP_UP)

    @property
    def is_down(self) -> bool:
        """Whether the stretch goes downhill."""
        return self in (Slope.GENTLE_DOWN, Slope.DOWN, Slope.STEEP_DOWN)


class Gait(StrEnum):
    """How a stretch was covered.

    Examples
    --------
    >>> from trailstats import Gait
    >>> [gait.value for gait in Gait]
    ['run', 'hike', 'stopped', 'unknown']
    """

    RUN = "run"
    HIKE = "hike"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How much an issue matters for the numbers that follow.

    Examples
    --------
    >>> from trailstats import Severity
    >>> Severity("warning")
    <Severity.WARNING: 'warning'>
    """

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Verdict(StrEnum):
    """The answer to a claim, for one runner.

    Examples
    --------
    >>> from trailstats import Verdict
    >>> Verdict.NOT_ENOUGH_DATA.value
    'not enough data'
    """

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NO_DIFFERENCE = "no difference that matters"
    INCONCLUSIVE = "inconclusive"
    NOT_ENOUGH_DATA = "not enough data"
    NOT_MEASURABLE = "not measurable"


class Reach(StrEnum):
    """How far what was measured carries to a claim.

    Examples
    --------
    >>> from trailstats.schema import Reach
    >>> [reach.value for reach in Reach]
    ['direct', 'proxy', 'dose']
    """

    # What the claim is about.
    DIRECT = "direct"
    # What stands for it.
    PROXY = "proxy"
    # What is thought to bring it about; whether it does, no recording can tell.
    DOSE = "dose"


class EvidenceStrength(StrEnum):
    """How strong the published evidence behind a number or a claim is.

    Examples
    --------
    >>> from trailstats import EvidenceStrength
    >>> EvidenceStrength("moderate") is EvidenceStrength.MODERATE
    True
    """

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    NONE = "none"
