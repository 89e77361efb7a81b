"""Time of all metrics after terrain, for an hour and for a day at one record a second.

    python benchmarks/metrics.py

Prints, for each length, the processor time of everything that `analyze` does after the terrain is
known: sums, impact table, metrics, best efforts, times at each heart rate, and what follows from
heart-rate limits.
"""

import time

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.analysis import Options, judge, measure
from trailstats.analysis._measured import measure_metrics
from trailstats.analysis._own import Motion, own_results
from trailstats.analysis._samples import Samples
from trailstats.analysis._sums import GroundOfSamples, heart_rate_times, total_up
from trailstats.cleaning import clean
from trailstats.model.activity import Activity, ActivityMeta
from trailstats.model.athlete import Athlete
from trailstats.model.limits import resolve_limits
from trailstats.terrain import TerrainRules, gather_evidence, ground_segments

ATHLETE = Athlete(
    mass=70.0,
    height=1.78,
    heart_rate_max=190.0,
    heart_rate_rest=50.0,
    threshold_speed=4.0,
)
LENGTHS = {"an hour": 3600, "four hours": 14400, "a day": 86400}
REPEATS = 9


def recording(n: int) -> Activity:
    """Make a run of n seconds over rolling ground, with every channel that a watch records."""
    rng = np.random.default_rng(1)
    speed = np.clip(
        3.0 + 0.4 * np.sin(np.arange(n) / 300.0) + rng.normal(0.0, 0.1, n),
        0.5,
        6.0,
    )
    distance = np.cumsum(speed)
    heading = 0.3 * np.cumsum(rng.normal(0.0, 0.02, n))
    columns = {
        "latitude": 46.0 + np.cumsum(speed * np.cos(heading)) / 111000.0,
        "longitude": 10.0 + np.cumsum(speed * np.sin(heading)) / 77000.0,
        "elevation": np.round(
            5.0
            * (
                500.0
                + 60.0 * np.sin(distance / 700.0)
                + 20.0 * np.sin(distance / 171.0)
            )
        )
        / 5.0,
        "distance": distance,
        "speed": speed,
        "heart_rate": np.round(
            145.0 + 10.0 * np.sin(np.arange(n) / 250.0) + rng.normal(0.0, 1.0, n)
        ),
        "cadence": np.round(168.0 + rng.normal(0.0, 2.0, n)),
        "temperature": np.full(n, 15.0),
        "stance_time": 0.25 + rng.normal(0.0, 0.01, n),
        "stance_time_balance": 0.5 + rng.normal(0.0, 0.005, n),
    }
    index = pd.date_range(
        "2026-01-01", periods=n, freq="1s", tz="UTC", name="time"
    )
    meta = ActivityMeta(source="benchmark", sport="running", start_time=index[0])
    return Activity(records=schema.RECORDS.frame(columns, index=index), meta=meta)


def main() -> None:
    """Measure each length."""
    rules = TerrainRules()
    limits = resolve_limits(ATHLETE)
    for name, n in LENGTHS.items():
        activity = clean(recording(n))
        evidence = gather_evidence(activity, terrain=rules)
        segments = ground_segments(evidence, rules)
        measured = measure(activity, Options(ATHLETE, terrain=rules))
        taken = []
        for _ in range(REPEATS):
            start = time.process_time()
            samples = Samples.of(activity)
            totals = total_up(samples, segments)
            ground = GroundOfSamples.of(samples, segments)
            own = own_results(Motion(samples, ground), totals, ATHLETE)
            metrics, *_ = measure_metrics(
                samples, segments, totals, own.metrics, evidence
            )
            heart_rate_times(samples)
            judge(measured, limits, ATHLETE)
            taken.append(time.process_time() - start)
        print(
            f"{name:10} {n:6} records  {1e3 * min(taken):7.1f} ms  {1e6 * min(taken) / n:6.2f} us "
            "a record",
            end="",
        )
        print(f"  {len(metrics)} metrics measured")


if __name__ == "__main__":
    main()
