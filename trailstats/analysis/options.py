"""What activities are measured with, in one object that is made where a caller's options come in
and carried down as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from trailstats.cleaning import CleanRules
from trailstats.io.formats import ReadLimits
from trailstats.model.athlete import Athlete
from trailstats.model.fingerprint import fingerprint_of_fields
from trailstats.model.inputs import AthleteLike, as_athlete, as_given
from trailstats.model.plugins import usable
from trailstats.terrain import RoadMap, SurfaceLabels, TerrainRules, map_for
from trailstats.terrain.inputs import LabelsLike, MapLike, as_labels, as_map

__all__ = ["Options"]

_OWN = ("mass", "height", "easy_ceiling", "cadence_at_3")
"""The runner's own measures that some metrics rest on; they are applied to samples that are kept.
"""


@dataclass(frozen=True)
class Options:
    """What activities are measured with. Each field counts for what is found in a cache.

    Attributes
    ----------
    athlete : Athlete
    cleaning : CleanRules
    terrain : TerrainRules
    limits : ReadLimits
    map : RoadMap or None
        Ready for workers.
    labels : SurfaceLabels or None
    """

    athlete: Athlete = field(default_factory=Athlete)
    cleaning: CleanRules = field(default_factory=CleanRules)
    terrain: TerrainRules = field(default_factory=TerrainRules)
    limits: ReadLimits = field(default_factory=ReadLimits)
    map: RoadMap | None = None
    labels: SurfaceLabels | None = None

    @classmethod
    def of(
        cls,
        *,
        athlete: AthleteLike | None = None,
        cleaning: CleanRules | None = None,
        terrain: TerrainRules | None = None,
        map: MapLike | None = None,
        labels: LabelsLike | None = None,
        limits: ReadLimits | None = None,
    ) -> Options:
        """Return the options that a caller gave, in any of the forms that are accepted.

        Raises
        ------
        ConfigError
            When a profile, map or label file can't be used.
        MissingExtraError, WriteError
            When the map can't be indexed; see `RoadMap`.
        TypeError
            For a value that no option can be made from.
        """
        known = as_athlete(athlete)
        rules = as_given(TerrainRules, terrain, option="terrain")
        return cls(
            known,
            as_given(CleanRules, cleaning, option="cleaning"),
            rules,
            as_given(ReadLimits, limits, option="limits"),
            map_for(as_map(map), known.osm, rules),
            as_labels(labels),
        )

    def for_measuring(self) -> Options:
        """Return the options with, of the athlete, only what measuring looks at.

        Heart-rate limits, sex, age and threshold, races and privacy zones are applied afterwards,
        so a change of these needs no file.
        """
        known = {name: getattr(self.athlete, name) for name in _OWN}
        return replace(self, athlete=Athlete(**known))

    @cached_property
    def fingerprint(self) -> str:
        """What stands for all fields; maps and label files bring their own."""
        return fingerprint_of_fields(self)

    @cached_property
    def of_measuring(self) -> str:
        """What stands for all that results are found again by: the athlete's own measures are
        applied anew where they differ. A plug-in's metrics may look at any of them.
        """
        if usable("trailstats.metrics"):
            return self.fingerprint
        return fingerprint_of_fields(replace(self, athlete=Athlete()))
