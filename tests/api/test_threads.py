"""Public functions may run in many threads at once, change nothing they are given, and keep no
state.
"""

from __future__ import annotations

import ast
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

import trailstats as ts

N_THREADS = 8


@pytest.fixture(scope="module")
def files(samples: Path) -> list[Path]:
    """Return short recordings in each of the three formats."""
    every = sorted(
        (samples / "archive").iterdir(), key=lambda p: p.stat().st_size
    )
    kinds = ("fit", "gpx", "tcx")
    return [
        path
        for kind in kinds
        for path in [p for p in every if f".{kind}" in p.name][:2]
    ]


def document(path: Path) -> str:
    return json.dumps(ts.analyze(path).to_dict(), sort_keys=True)


def test_threads_give_what_one_thread_gives(files: list[Path]) -> None:
    """Eight threads that start together on mixed files agree to the last digit with one thread
    alone.
    """
    alone = {path: document(path) for path in files}
    together = threading.Barrier(N_THREADS)

    def work(number: int) -> list[tuple[Path, str]]:
        together.wait()
        turned = files[number % len(files) :] + files[: number % len(files)]
        return [(path, document(path)) for path in turned]

    with ThreadPoolExecutor(N_THREADS) as pool:
        for found in pool.map(work, range(N_THREADS)):
            for path, text in found:
                assert text == alone[path], path.name


def test_steps_do_not_change_what_they_are_given(files: list[Path]) -> None:
    """Records, laps and segments are the same before and after every step."""
    run = ts.read(files[0])
    records, laps = run.records.copy(deep=True), run.laps.copy(deep=True)
    cleaned = ts.clean(run)
    held = cleaned.records.copy(deep=True)
    segments = ts.cut_segments(cleaned)
    cut = segments.copy(deep=True)
    ts.classify_terrain(cleaned, segments)
    ts.find_climbs(cleaned)
    ts.analyze(cleaned)
    pd.testing.assert_frame_equal(run.records, records)
    pd.testing.assert_frame_equal(run.laps, laps)
    pd.testing.assert_frame_equal(cleaned.records, held)
    pd.testing.assert_frame_equal(segments, cut)


def test_the_library_keeps_no_global_state(root: Path) -> None:
    """No function of the library rebinds a name of its module, and no module holds an empty
    container to be filled.

    The package's own table of names aside, which remembers what it has loaded.
    """
    for path in (root / "trailstats").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [
            node for node in ast.walk(tree) if isinstance(node, ast.Global)
        ], path
        for node in tree.body:
            value = (
                node.value
                if isinstance(node, ast.Assign | ast.AnnAssign)
                else None
            )
            empty = isinstance(value, ast.Dict | ast.List | ast.Set) and not (
                value.keys if isinstance(value, ast.Dict) else value.elts
            )
            assert not empty, f"{path}:{node.lineno}"
