"""Colours and words shared by the page, the charts and the plots: one legend, readable without
colour too.

The terrain colours come from the colour-blind-safe set of Okabe and Ito, darkened or lightened so
that each has a contrast of at least 3 to 1 against its background.
"""

from __future__ import annotations

from dataclasses import dataclass

from trailstats.report.packaged import packaged_tables
from trailstats.schema import EvidenceStrength, Reach, Surface, Verdict

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
    proxy: str
    dose: str
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


OUTCOMES = {
    outcome: Swatch(**row) for outcome, row in _TABLES["outcomes"].items()
}


def verdict_swatch(verdict: Verdict | None, reach: Reach) -> Swatch:
    """Return the word, sign and tone of a verdict, as far as its measure reaches."""
    word = str(verdict or "described")
    rows = _TABLES["verdicts"]
    row = rows[reach].get(word) or rows["any"][word]
    return Swatch(**{"word": word} | row)


SWATCHES: tuple[Swatch, ...] = tuple(
    dict.fromkeys(
        verdict_swatch(verdict, reach)
        for answered in (True, False)
        for reach in Reach
        for verdict in (*Verdict, None)
        if (str(verdict) in _TABLES["verdicts"][reach]) is answered
    )
)
"""All of them in the order in which they are shown: answers first, and of those what reaches
furthest.
"""


def _mark(word: str, swatch: Swatch) -> tuple[str, str]:
    tone = "unknown" if swatch.tone == "muted" else swatch.tone
    return _TABLES["light"][tone], _TABLES["verdict_shapes"][word]


VERDICT_MARKS: dict[str, tuple[str, str]] = {
    (swatch := verdict_swatch(verdict, reach)).word: _mark(
        str(verdict or "described"), swatch
    )
    for reach in Reach
    for verdict in (*Verdict, None)
}
"""Colour and shape of each word for a verdict in the chart of the claims."""

EVIDENCE: dict[EvidenceStrength, int] = {
    EvidenceStrength(strength): dots
    for strength, dots in _TABLES["evidence"].items()
}
"""Filled dots of three that stand beside the strength of the published evidence."""
