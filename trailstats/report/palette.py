"""Colours and words shared by the page, the charts and the plots: one legend, readable without
colour too.

The terrain colours come from the colour-blind-safe set of Okabe and Ito, darkened or lightened so
that each has a contrast of at least 3 to 1 against its background.
"""

from __future__ import annotations

from dataclasses import dataclass

from trailstats.schema import EvidenceStrength, Surface, Verdict

__all__ = [
    "DARK",
    "EVIDENCE",
    "LIGHT",
    "OUTCOMES",
    "SURFACES",
    "VERDICTS",
    "Palette",
    "Swatch",
]


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
        return {
            Surface.ROAD: self.road,
            Surface.TRAIL: self.trail,
            Surface.UNKNOWN: self.unknown,
        }[surface]


LIGHT = Palette(
    background="#ffffff",
    panel="#f5f6f7",
    text="#1b1f23",
    muted="#57606a",
    line="#d5d9de",
    accent="#0b5cad",
    road="#0072b2",
    trail="#c85200",
    unknown="#83898f",
    good="#11652f",
    bad="#a3241b",
    warn="#7d5200",
    easy="#b9a3dc",
    moderate="#8659b8",
    hard="#4a2178",
)

DARK = Palette(
    background="#14171a",
    panel="#1e2226",
    text="#e8eaed",
    muted="#a6aeb7",
    line="#3a4149",
    accent="#7db8f5",
    road="#56b4e9",
    trail="#f0903a",
    unknown="#8f969e",
    good="#6fce8d",
    bad="#ff9d93",
    warn="#e6b65c",
    easy="#6a5590",
    moderate="#a585d6",
    hard="#dfcffa",
)


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


SURFACES: dict[Surface, Swatch] = {
    Surface.ROAD: Swatch("road", "plain", "road"),
    Surface.TRAIL: Swatch("trail", "plain", "trail"),
    Surface.UNKNOWN: Swatch("unknown", "plain", "unknown"),
}

VERDICTS: dict[Verdict, Swatch] = {
    Verdict.SUPPORTED: Swatch("supported", "check", "good"),
    Verdict.CONTRADICTED: Swatch("contradicted", "cross", "bad"),
    Verdict.INCONCLUSIVE: Swatch("inconclusive", "wave", "warn"),
    Verdict.NOT_ENOUGH_DATA: Swatch("not enough data", "dots", "muted"),
    Verdict.NOT_MEASURABLE: Swatch("not measurable", "bar", "muted"),
}

OUTCOMES: dict[str, Swatch] = {
    "pass": Swatch("kept", "check", "good"),
    "fail": Swatch("not kept", "cross", "bad"),
    "not applicable": Swatch("not applicable", "bar", "muted"),
    "not enough data": Swatch("not enough data", "dots", "muted"),
}

EVIDENCE: dict[EvidenceStrength, int] = {
    EvidenceStrength.STRONG: 3,
    EvidenceStrength.MODERATE: 2,
    EvidenceStrength.WEAK: 1,
    EvidenceStrength.NONE: 0,
}
"""Filled dots of three that stand beside the strength of the published evidence."""
