"""Whether a run's recorded steps count, and what they say of the athlete's cadence."""

from __future__ import annotations

import numpy as np
import pytest

from builders import make_activity
from trailstats.analysis import analyze
from trailstats.history._cadence import CadenceEvidence, cadence_evidence


def test_steps_count_as_recorded_where_nine_tenths_of_the_time_have_them() -> (
    None
):
    """A cadence that is missing for a third of the run is wanted, one for a twentieth is not."""
    for silent, wanted in ((600, True), (90, False)):
        steps = np.where(np.arange(1801) < silent, np.nan, 176.0)
        told = cadence_evidence(
            analyze(make_activity(elevation=np.zeros(20), cadence=steps))
        )
        assert told.wanted is wanted
        assert told.cadence == pytest.approx([176.0] * len(told.cadence))
        assert sum(told.seconds) > 1000.0
    ride = cadence_evidence(
        analyze(make_activity(elevation=np.zeros(20), sport="cycling"))
    )
    assert ride == CadenceEvidence(), "a ride has no steps"
