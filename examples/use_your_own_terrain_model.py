"""How do I tell road from trail with a model of my own?"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import trailstats as ts
from trailstats.terrain import (
    SurfaceEstimate,
    classify_by,
    estimate_surface,
    gather_evidence,
)
from trailstats.terrain.features import run_grid, window_features

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
RULES = ts.TerrainRules(sources=frozenset({ts.SurfaceSource.SIGNAL}))


def labelled(
    entry: dict,
) -> tuple[ts.CleanActivity, np.ndarray, np.ndarray, np.ndarray]:
    """Return a run, the centres and features of its windows, and whether each window lies on
    trail.
    """
    run = ts.clean(ts.read(SAMPLES / entry["file"]))
    grid = run_grid(run)
    assert grid is not None
    centres, values, _ = window_features(grid)
    ends = np.array([stretch[3] for stretch in entry["segments"]])
    trail = np.array([stretch[4] == "trail" for stretch in entry["segments"]])
    place = np.clip(np.searchsorted(ends, centres), 0, len(ends) - 1)
    return run, centres, values, trail[place]


def label(run: ts.CleanActivity, estimate: SurfaceEstimate) -> ts.Surface:
    """Label the stretches of a run by an estimate, and return the surface that most of it has."""
    evidence = gather_evidence(run, terrain=RULES, estimate=estimate)
    stretches = classify_by(evidence, ts.cut_segments(run, terrain=RULES), RULES)
    metres = stretches.groupby("surface")["distance"].sum()
    print(
        f"  {run.meta.source.rpartition('/')[2]}: {len(stretches)} stretches, "
        f"{metres.round().to_dict()}"
    )
    return ts.Surface(metres.idxmax())


def main() -> None:
    """Train on some runs with known ground, and label others with the own model and the built-in
    one.
    """
    truth = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))[
        "activities"
    ]
    mixed = [entry for entry in truth if entry["trail_share"] > 0.3]
    train, test = mixed[:6], mixed[6:9]
    known = [labelled(entry) for entry in train]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    model.fit(
        np.vstack([k[2] for k in known]), np.concatenate([k[3] for k in known])
    )
    for entry in test:
        run, centres, values, trail = labelled(entry)
        p_trail = model.predict_proba(values)[:, 1]
        own = SurfaceEstimate(
            distance=centres,
            p_trail=p_trail,
            activity_probability=float(p_trail.mean()),
        )
        built_in = estimate_surface(run, terrain=RULES)
        right = [
            np.mean((estimate.p_trail > 0.5) == trail)
            for estimate in (own, built_in)
        ]
        print(f"windows right: own model {right[0]:.0%}, built-in {right[1]:.0%}")
        label(run, own)


if __name__ == "__main__":
    main()
