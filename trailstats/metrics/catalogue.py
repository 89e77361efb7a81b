"""The catalogue of the formulas, from which the glossary and the pages on metrics are made."""

from trailstats.metrics import (
    _catalogue_course,
    _catalogue_effort,
    _catalogue_heart,
    _catalogue_steps,
)
from trailstats.metrics._formula import Evidence, Formula

__all__ = ["FORMULAS", "Evidence", "Formula"]

_PARTS = (_catalogue_effort, _catalogue_steps, _catalogue_heart, _catalogue_course)

#: Every public function of `trailstats.metrics`, by module and name.
FORMULAS: dict[str, Formula] = {
    formula.function: formula for part in _PARTS for formula in part.FORMULAS
}
