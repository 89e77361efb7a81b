"""Evidence of a map: local OpenStreetMap extracts, the ways near a run, and what their tags say of
the ground.
"""

from trailstats.terrain.maps._tags import (
    GROUND_KEYS,
    RULES,
    Ground,
    GroundRule,
    ground_of,
)
from trailstats.terrain.maps.map_match import MapMatch
from trailstats.terrain.maps.road_map import RoadMap

__all__ = [
    "GROUND_KEYS",
    "RULES",
    "Ground",
    "GroundRule",
    "MapMatch",
    "RoadMap",
    "ground_of",
]
