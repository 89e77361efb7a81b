"""Colours and words shared by the page, the charts and the plots: one legend, readable without
colour too.

The terrain colours come from the colour-blind-safe set of Okabe and Ito, darkened or lightened so
that each has a contrast of at least 3 to 1 against its background.
"""

from __future__ import annotations

from dataclasses import dataclass

from trailstats.report.packaged import packaged_tables
from trailstats.schema import EvidenceStrength, Surface, Verdict

_TABLES = packaged_tables("palette.toml")


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as hexadecimal RGB; heart-rate zones go from light to dark in one
    hue.
    """

    background: str
    panel: str
    text: str
    muted: str
    line: str
    accent: str
    road: str
    trail: str
    unknown: str
    good: str
    bad: str
    warn: str
    easy: str
    moderate: str
    hard: str

    def surface(self, surface: Surface) -> str:
        """Return the colour of a surface."""
        colour: str = getattr(self, surface.value)
        return colour


LIGHT = Palette(**_TABLES["light"])
DARK = Palette(**_TABLES["dark"])


@dataclass(frozen=True)
class Swatch:
    """A word with the sign that stands beside it, so that nothing is said by colour alone.

    Attributes
    ----------
    word : str
    sign : str
        Name of the drawing in the page's set of signs.
    tone : str
        Name of the colour in the palette.
    """

    word: str
    sign: str
    tone: str


VERDICTS = {
    Verdict(v): Swatch(v, **row) for v, row in _TABLES["verdicts"].items()
}
OUTCOMES = {
    outcome: Swatch(**row) for outcome, row in _TABLES["outcomes"].items()
}
VERDICT_MARKS: dict[str, tuple[str, str]] = {
    verdict: (_TABLES["light"][colour], shape)
    for verdict, (colour, shape) in _TABLES["verdict_marks"].items()
}
"""Colour and shape of each verdict in the chart of the claims."""

EVIDENCE: dict[EvidenceStrength, int] = {
    EvidenceStrength(strength): dots
    for strength, dots in _TABLES["evidence"].items()
}
"""Filled dots of three that stand beside the strength of the published evidence."""
