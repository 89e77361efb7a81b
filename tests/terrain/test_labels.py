"""A label file says what it means, and its errors say where they are."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from terrain.town import run_over
from trailstats.cleaning import clean
from trailstats.errors import ConfigError
from trailstats.terrain.labels import SurfaceLabels

RUN = clean(run_over([(0, 0), (1500, 0)], source="runs/2026/run.gpx.gz"))
"""1500 m at 3 m/s from 2026-03-01 08:00:00 UTC."""

AT = np.arange(5.0, 1490.0, 10.0)


def trail_between(text: str, *, toml: bool = False) -> tuple[float, float]:
    """Return the first and last of the places that are trail."""
    found = SurfaceLabels.from_text(text, toml=toml).along(RUN, AT)
    where = AT[found == "trail"]
    return float(where[0]) - 5.0, float(where[-1]) + 5.0


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("300 m", "900 m"),
        ("0.3 km", "0.9km"),
        ("0:01:40", "0:05:00"),
        ("1:40", "5:00"),
        ("2026-03-01T08:01:40Z", "2026-03-01T09:05:00+01:00"),
        ("300 m", "5:00"),
    ],
)
def test_places_are_distances_times_or_clock(start: str, end: str) -> None:
    """A distance, a time since the start and a time of day mean the same place at 3 m/s."""
    csv = f"file,from,to,surface\nrun.gpx,{start},{end},trail\n"
    toml = f'[[label]]\nfile = "run.gpx"\nfrom = "{start}"\nto = "{end}"\nsurface = "trail"\n'
    assert trail_between(csv) == pytest.approx((300, 900), abs=10)
    assert trail_between(toml, toml=True) == pytest.approx((300, 900), abs=10)


def test_times_of_toml_need_no_quotes() -> None:
    """TOML's own times are understood."""
    text = (
        '[[label]]\nfile = "run.gpx"\nfrom = 2026-03-01T08:01:40Z\nto = 00:05:00\nsurface = '
        '"trail"\n'
    )
    assert trail_between(text, toml=True) == pytest.approx((300, 900), abs=10)


def test_without_places_the_whole_run_is_meant() -> None:
    """From and to may be empty or missing."""
    for text in (
        "file,surface\nrun.gpx,trail\n",
        "file,from,to,surface\nrun.gpx,,,trail\n",
    ):
        assert trail_between(text) == (0, 1490)
    assert trail_between("file,from,to,surface\nrun.gpx,900 m,,trail\n") == (
        900,
        1490,
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("run.gpx", True),
        ("run.gpx.gz", True),
        ("2026/run.gpx", True),
        ("2026\\run.gpx", True),
        ("runs/2026/run.gpx", True),
        ("2025/run.gpx", False),
        ("other.gpx", False),
        ("un.gpx", False),
        ("run", False),
    ],
)
def test_files_are_named_by_the_end_of_their_path(name: str, meant: bool) -> None:
    """A name, or the last folders and the name, with or without .gz, picks the recording."""
    found = SurfaceLabels.from_text(f"file,surface\n{name},trail\n").along(
        RUN, AT
    )
    assert bool((found == "trail").all()) is meant
    assert bool((found == "").all()) is not meant


def test_the_later_label_counts() -> None:
    """A second label overrides the first where both speak."""
    found = SurfaceLabels.from_text(
        "file,from,to,surface\nrun.gpx,,,trail\nrun.gpx,300 m,600 m,road\n"
    ).along(RUN, AT)
    assert (found[(AT > 300) & (AT < 600)] == "road").all()
    assert (found[(AT < 300) | (AT > 600)] == "trail").all()


def test_comments_and_empty_lines_are_skipped() -> None:
    """Lines that start with # or hold nothing are no labels."""
    text = "# mine\n\nfile, surface\n# another\nrun.gpx, trail\n,\n"
    assert len(SurfaceLabels.from_text(text).labels) == 1


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("file,surface\nrun.gpx,gravel\n", 2, "gravel"),
        ("file,surface\nrun.gpx,trail\n\nrun.gpx,trail,5\n", 4, "3 cells"),
        ("file,from,surface\nrun.gpx,noon,trail\n", 2, "noon"),
        ("file,from,surface\nrun.gpx,12,trail\n", 2, "'12'"),
        ("file,from,surface\nrun.gpx,2026-03-01T08:00:00,trail\n", 2, "offset"),
        (
            "file,from,to,surface\nrun.gpx,5:00,1:00,trail\n",
            2,
            "before it begins",
        ),
        ("file,kind\nrun.gpx,trail\n", 1, "kind"),
        ("from,surface\n1:00,trail\n", 1, "file"),
        ("file,surface\n,trail\n", 2, "file"),
    ],
)
def test_errors_name_the_line(text: str, line: int, word: str) -> None:
    """What can't be understood is reported with its line and the words at fault."""
    with pytest.raises(ConfigError, match=f"line {line}: .*{word}"):
        SurfaceLabels.from_text(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[[label]]\nfile="a"\nsurface="road"\n\n[[label]]\nfile="b"\nsurface="mud"\n',
            "line 5: .*mud",
        ),
        ('[[label]]\nfile="a"\n', "line 1: .*surface"),
        ('label = "road"\n', r"\[\[label\]\]"),
        ("[[label]\n", "line 1"),
        ("[[label]]\nfile=3\nfrom=12\nsurface='road'\n", "line 1: .*'12'"),
    ],
)
def test_errors_in_toml_name_the_line(text: str, words: str) -> None:
    """TOML's labels are counted to their line."""
    with pytest.raises(ConfigError, match=words):
        SurfaceLabels.from_text(text, toml=True)


def test_a_file_that_cant_be_read(tmp_path: Path) -> None:
    """A missing file, bytes that are no text, and an error inside name the file."""
    with pytest.raises(ConfigError, match=r"away\.csv"):
        SurfaceLabels.from_file(tmp_path / "away.csv")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"b\.csv"):
        SurfaceLabels.from_file(tmp_path / "b.csv")
    (tmp_path / "labels.toml").write_text('[[label]]\nfile="a"\nsurface="mud"\n')
    with pytest.raises(ConfigError, match=r"labels\.toml: line 1"):
        SurfaceLabels.from_file(tmp_path / "labels.toml")


def test_labels_travel_and_are_told_apart() -> None:
    """Pickling keeps the labels; the fingerprint follows the content."""
    one = SurfaceLabels.from_text("file,surface\nrun.gpx,trail\n")
    other = SurfaceLabels.from_text("file,surface\nrun.gpx,road\n")
    assert pickle.loads(pickle.dumps(one)) == one
    assert (
        one.fingerprint
        == SurfaceLabels.from_text("file , surface\n run.gpx,Trail\n").fingerprint
    )
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    "text",
    ["run.gpx,trail\n", "run.gpx,,,trail\n", "file,surface\nrun.gpx,trail\n"],
)
def test_a_first_line_of_names_may_be_missing(text: str) -> None:
    """A line that ends in a surface is a label; a misspelt name is none."""
    assert trail_between(text) == (0.0, 1490.0)
    with pytest.raises(ConfigError, match="unknown column"):
        SurfaceLabels.from_text("run.gpx,trial\n")
