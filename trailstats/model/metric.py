"""One number with what is needed to judge it: `Metric`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from trailstats.schema import EvidenceStrength
from trailstats.schema.documents import plain

__all__ = ["Metric", "metric_from_dict"]

NAN = float("nan")


@dataclass(frozen=True)
class Metric:
    """One number with what is needed to judge it.

    Attributes
    ----------
    value : float
        NaN when it could not be computed; ``reason`` then says why.
    unit : str
        SI unit, ``"1"`` for a plain number.
    low, high : float
        Bounds: a 95 % interval, or the spread over models, as ``method`` says. NaN where none is
        known.
    method : str
        How it was computed, from what, and whether that is measured, modelled or assumed.
    coverage : float
        Share of the moving time that it rests on.
    evidence : EvidenceStrength
        Strength of the published evidence behind the formula.
    reason : str
        Why the value is missing.

    Examples
    --------
    >>> from trailstats import Metric
    >>> speed = Metric(3.1, "m/s", low=3.0, high=3.2, method="modelled")
    >>> bool(speed), bool(Metric.missing("m/s", "no elevation"))
    (True, False)
    """

    value: float
    unit: str
    low: float = NAN
    high: float = NAN
    method: str = ""
    coverage: float = NAN
    evidence: EvidenceStrength = EvidenceStrength.NONE
    reason: str = ""

    @classmethod
    def missing(cls, unit: str, reason: str) -> Metric:
        """Return a metric without a value, with the reason."""
        return cls(NAN, unit, reason=reason)

    def __bool__(self) -> bool:
        return math.isfinite(self.value)

    def to_dict(self) -> dict[str, object]:
        """Return the metric as plain values."""
        # Written out: an analysis has more than a hundred of them.
        return {
            "value": plain(self.value),
            "unit": self.unit,
            "low": plain(self.low),
            "high": plain(self.high),
            "method": self.method,
            "coverage": plain(self.coverage),
            "evidence": self.evidence.value,
            "reason": self.reason,
        }


def metric_from_dict(data: dict[str, Any]) -> Metric:
    """Return the metric of plain values that `Metric.to_dict` gave."""
    value, low, high, coverage = (
        NAN if data[name] is None else data[name]
        for name in ("value", "low", "high", "coverage")
    )
    return Metric(
        value,
        data["unit"],
        low,
        high,
        data["method"],
        coverage,
        EvidenceStrength(data["evidence"]),
        data["reason"],
    )
