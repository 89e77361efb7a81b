"""The rules refuse what makes no sense and are otherwise plain values."""

from __future__ import annotations

import pytest

from trailstats.errors import ConfigError
from trailstats.schema import SurfaceSource
from trailstats.terrain import TerrainRules


@pytest.mark.parametrize(
    "wrong",
    [
        {"decide": 0.4},
        {"decide": 1.0},
        {"technical": 0.0},
        {"flat": 0.06},
        {"slope_hysteresis": 0.03},
        {"min_length": 0.0},
        {"surface_length": -1.0},
        {"sources": frozenset({SurfaceSource.NONE})},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    """Each rule outside its range raises an error that names it."""
    with pytest.raises(
        ConfigError, match=next(iter(wrong)) if "sources" not in wrong else "none"
    ):
        TerrainRules(**wrong)  # type: ignore[arg-type]


def test_rules_are_values() -> None:
    """Two sets of rules with the same numbers are equal and can stand in a set."""
    assert len({TerrainRules(), TerrainRules(), TerrainRules(flat=0.03)}) == 2
