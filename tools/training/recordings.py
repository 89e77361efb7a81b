"""From labelled recordings to features: whole runs with a label, and windows with the map's word
for them.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.cleaning import clean
from trailstats.errors import ReadError
from trailstats.io.formats import read
from trailstats.model.activity import Activity, CleanActivity
from trailstats.terrain import features

SAME_ATHLETE = {"thomaschampagne__elevate": "sports-alliance__sports-lib"}
DOUBTFUL = ("src_specs_fixtures_runs_fit_6909950168-no-pause-records",)
"""Recordings whose label is not believed: an even 3 m/s at 1 m/km, called trail."""

THINNED = (0.0, 5.0, 10.0)
"""Every recording also counts with its points thinned to these steps [s], a third each."""


@dataclass
class Example:
    """One recording with one thinning.

    ``tag`` is the file's ``sub_sport``, ``flat`` the log of the run's median speed on the flat; NaN
    with too little of it.
    """

    name: str
    step: float
    whole: dict[str, float]
    centres: Floats
    windows: Floats
    flat: float
    tag: str
    road: Floats = field(default_factory=lambda: np.empty(0))
    trail: Floats = field(default_factory=lambda: np.empty(0))
    path: Floats = field(default_factory=lambda: np.empty(0))


def thin(activity: Activity, step: float) -> Activity:
    """Return the recording with at most one point in every ``step`` seconds."""
    if step <= 0:
        return activity
    seconds = activity.records.index.asi8 / 1e9
    slot = np.floor((seconds - seconds[0]) / step)
    keep = np.append(True, np.diff(slot) > 0)
    index = activity.records.index[keep]
    extras = (
        activity.extras[keep]
        if len(activity.extras.columns)
        else pd.DataFrame(index=index)
    )
    return replace(activity, records=activity.records[keep], extras=extras)


def example(
    name: str, activity: Activity, step: float, labels: pd.DataFrame | None
) -> Example | None:
    """Return the features of one recording, with the map's labels where there are any."""
    run = clean(thin(activity, step))
    grid = features.run_grid(run)
    if grid is None:
        return None
    centres, windows, _ = features.window_features(grid)
    out = Example(
        name,
        step,
        features.run_features(grid),
        centres,
        windows,
        flat=features.flat_speed(grid),
        tag=run.meta.sub_sport,
    )
    if labels is not None:
        road, trail, path = label_windows(run, labels, len(centres))
        out = replace(out, road=road, trail=trail, path=path)
    return out


def label_windows(
    run: CleanActivity, labels: pd.DataFrame, count: int
) -> tuple[Floats, Floats, Floats]:
    """Return the metres of road, of trail and of path that the map knows in each window."""
    labels = labels.sort_values("time")
    lat, lon = (
        np.radians(labels["lat"].to_numpy()),
        np.radians(labels["lon"].to_numpy()),
    )
    east = np.diff(lon) * np.cos((lat[1:] + lat[:-1]) / 2)
    metres = np.append(0.0, 6_371_000 * np.hypot(east, np.diff(lat))).clip(0, 15)
    origin = run.records.index[0]
    clock = (run.records.index - origin).total_seconds().to_numpy()
    at = np.interp(
        (labels["time"] - origin).dt.total_seconds(),
        clock,
        run.track["distance"].to_numpy(),
    )
    window = np.clip((at / features.WINDOW_STEP).astype(int), 0, count - 1)
    sure = (labels["ambiguous"] != 1).to_numpy()
    road, trail = (
        sure & (labels["label"] == word).to_numpy() for word in ("road", "trail")
    )
    path = trail & (labels["highway"] == "path").to_numpy()
    first, second, third = (
        np.bincount(window, metres * kind, count) for kind in (road, trail, path)
    )
    return first, second, third


def _read_one(task: tuple[str, Path, pd.DataFrame | None]) -> list[Example]:
    name, path, labels = task
    try:
        activity = read(path)
    except ReadError:
        return []
    found = (example(name, activity, step, labels) for step in THINNED)
    return [one for one in found if one is not None]


@dataclass(frozen=True, eq=False)
class Data:
    """Examples labelled as a whole, examples that a map knows, and the two tables that tell about
    them.
    """

    whole: list[Example]
    mapped: list[Example]
    index: pd.DataFrame
    tracks: pd.DataFrame


def load(shared: Path, workers: int) -> Data:
    """Return the examples of the corpus and of the map-labelled tracks."""
    index = pd.read_csv(shared / "corpus" / "index.csv")
    index = index[index["role"].fillna("").str.contains("labelled")]
    index = index[index["label"].isin(["trail", "road", "track"])]
    doubt = index["file"].str.contains("|".join(DOUBTFUL))
    index = index[~doubt]
    index = index.assign(athlete=index["athlete"].replace(SAME_ATHLETE))
    tracks = pd.read_csv(shared / "osm" / "tracks.csv")
    tracks = tracks[tracks["sport"] == "run"]
    labels = pd.read_csv(shared / "osm" / "labels.csv.gz", low_memory=False)
    labels = labels.assign(
        time=pd.to_datetime(labels["time"], utc=True, format="ISO8601")
    )
    by_file = dict(list(labels.groupby("file")))
    tasks: list[tuple[str, Path, pd.DataFrame | None]] = [
        (file, shared / "corpus" / file, None) for file in sorted(index["file"])
    ]
    tasks += [
        (file, shared / "osm" / "tracks" / file, by_file[file])
        for file in sorted(tracks["file"])
    ]
    with ProcessPoolExecutor(workers) as pool:
        found = [
            one
            for many in pool.map(_read_one, tasks, chunksize=4)
            for one in many
        ]
    names = set(index["file"])
    whole = [one for one in found if one.name in names]
    return Data(
        whole, [one for one in found if one.name not in names], index, tracks
    )


def fingerprint(shared: Path, data: Data) -> str:
    """Return the SHA-256 over the two label tables and every recording used, in the order of their
    names.
    """
    corpus = {shared / "corpus" / e.name for e in data.whole}
    tracks = {shared / "osm" / "tracks" / e.name for e in data.mapped}
    digest = hashlib.sha256()
    tables = [shared / "corpus" / "index.csv", shared / "osm" / "labels.csv.gz"]
    for path in [*tables, *sorted(corpus), *sorted(tracks)]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
