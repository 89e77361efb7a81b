"""What a metric is: its unit and meaning, the formulas behind it, where it holds and how well it is
supported.
"""

from __future__ import annotations

from dataclasses import dataclass

from trailstats.schema._words import EvidenceStrength


@dataclass(frozen=True)
class MetricEntry:
    """One metric as the glossary explains it.

    Attributes
    ----------
    name : str
        Key in ``Analysis.metrics`` or in ``History.training()``.
    family : str
        Page of the documentation.
    unit : str
        SI unit; ``"1"`` for a plain number.
    meaning : str
        In plain words.
    formulas : tuple of str
        Functions of `trailstats.metrics` that compute it, such as ``"effort.normalised_speed"``;
        their sources are its sources. Empty for what is only averaged or copied.
    valid : str
        Where it holds.
    missing : str
        When it has no value.
    evidence : EvidenceStrength
        Strength of the published evidence that the number means what it is taken for.
    detail : bool
        Whether it is left out where only the main numbers are shown.
    """

    name: str
    family: str
    unit: str
    meaning: str
    formulas: tuple[str, ...]
    valid: str
    missing: str
    evidence: EvidenceStrength
    detail: bool = False
