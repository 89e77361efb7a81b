"""The catalogue of the formulas, from which the glossary and the pages on metrics are made.

It is read from ``metrics.toml``; what stands there of a formula stands nowhere else.
"""

from dataclasses import dataclass

from trailstats.schema._metrics import METRICS, PARTS, TRAINING

__all__ = ["FORMULAS", "Formula"]


@dataclass(frozen=True)
class Formula:
    """What a formula computes, where it holds and how well it is supported.

    Its meaning, the units of its arguments and result, what it does with missing values and its
    sources stand in the function's docstring.

    Attributes
    ----------
    function : str
        Module and name, such as ``"effort.race_factor"``.
    formula : str
        The formula in one line; i is the grade, v the speed, dt the seconds that a sample stands
        for.
    valid : str
        Where it holds.
    evidence : str
        Strength of the published evidence that the result means what it is taken for: strong,
        moderate, weak, none, or definition, where there is nothing to be shown.
    """

    function: str
    formula: str
    valid: str
    evidence: str


def _read_formula(function: str, row: dict[str, str]) -> Formula:
    """Return a formula; what its row does not say is as at the metric that the row names."""
    metric = row.get("metric", "")
    entry = METRICS.get(metric) or TRAINING.get(metric)
    if entry is not None:
        row = {"valid": entry.valid, "evidence": entry.evidence.value, **row}
    return Formula(function, row["formula"], row["valid"], row["evidence"])


FORMULAS: dict[str, Formula] = {
    function: _read_formula(function, row)
    for function, row in PARTS["formula"].items()
}
"""Every public function of `trailstats.metrics`, by module and name."""
