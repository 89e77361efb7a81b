"""Where the program keeps its files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trailstats.cache import cache_folder, data_folder


@pytest.mark.parametrize(
    ("folder", "name", "linux", "mac"),
    [
        (cache_folder, "CACHE", ".cache", "Caches"),
        (data_folder, "DATA", ".local/share", "Application Support"),
    ],
)
def test_the_folder_follows_the_platform(
    folder, name, linux, mac, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The variable first, then the rule of the platform."""
    assert folder() == Path(os.environ[f"TRAILSTATS_{name}"])
    monkeypatch.delenv(f"TRAILSTATS_{name}")
    monkeypatch.setenv("HOME", "/home/x")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    assert folder() == Path("/home/x") / linux / "trailstats"
    monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    assert folder() == tmp_path / "trailstats"
    monkeypatch.setattr("sys.platform", "darwin")
    assert folder() == Path("/home/x/Library") / mac / "trailstats"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert folder() == Path("/local/trailstats")
