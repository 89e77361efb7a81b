"""The command `sample`: an archive to try the program on."""

from __future__ import annotations

import json
from pathlib import Path

import trailstats as ts


def test_the_sample_is_written_and_read(run, tmp_path: Path) -> None:
    """Roads alone and then trails, in every format, with the runner's profile."""
    folder = tmp_path / "new" / "runs"
    code, out, _ = run("sample", folder, "--json")
    assert code == 0
    written = {path.name for path in folder.iterdir()}
    assert set(json.loads(out)["files"]) == written
    assert ts.Athlete.from_toml(folder / "athlete.toml").easy_ceiling == 149
    suffixes = {name.removesuffix(".gz").rpartition(".")[2] for name in written}
    assert suffixes == {"fit", "gpx", "tcx", "toml"}
    assert (
        min(written) < "2024-05" and max(written - {"athlete.toml"}) > "2024-09"
    )


def test_a_folder_that_holds_something_is_left_alone(run, tmp_path: Path) -> None:
    """Nothing is written among a person's own files, nor where a file is in the way."""
    (tmp_path / "own.fit").write_bytes(b"mine")
    code, _, err = run("sample", tmp_path)
    assert code == 2
    assert "not empty" in err
    assert [path.name for path in tmp_path.iterdir()] == ["own.fit"]
    code, _, err = run("sample", tmp_path / "own.fit")
    assert code == 1
    assert "can't be made" in err
