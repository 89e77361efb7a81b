"""What the catalogue says of one formula."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Evidence: TypeAlias = Literal["strong", "moderate", "weak", "none", "definition"]


@dataclass(frozen=True)
class Formula:
    """What a formula computes, where it holds and how well it is supported.

    Its meaning, the units of its arguments and result, what it does with missing values and its
    sources stand in the function's docstring.

    Parameters
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
    evidence: Evidence
