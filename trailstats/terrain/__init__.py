"""What lies under the feet: road or trail, technical or not, stretches, climbs and descents."""

from __future__ import annotations

from trailstats.terrain.baseline import Baseline
from trailstats.terrain.belief import surface_of_run
from trailstats.terrain.classify import (
    classify_by,
    classify_terrain,
    ground_segments,
    map_for,
)
from trailstats.terrain.climbs import find_climbs
from trailstats.terrain.explain import Explanation, explain_terrain
from trailstats.terrain.fusion import (
    SurfaceEvidence,
    gather_evidence,
    surface_cuts,
    trail_probability,
)
from trailstats.terrain.labels import SurfaceLabels
from trailstats.terrain.maps import RoadMap
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.segments import cut_segments
from trailstats.terrain.surface import SurfaceEstimate, estimate_surface
from trailstats.terrain.technical import technical_probability

__all__ = [
    "Baseline",
    "Explanation",
    "RoadMap",
    "SurfaceEstimate",
    "SurfaceEvidence",
    "SurfaceLabels",
    "TerrainRules",
    "classify_by",
    "classify_terrain",
    "cut_segments",
    "estimate_surface",
    "explain_terrain",
    "find_climbs",
    "gather_evidence",
    "ground_segments",
    "map_for",
    "surface_cuts",
    "surface_of_run",
    "technical_probability",
    "trail_probability",
]
