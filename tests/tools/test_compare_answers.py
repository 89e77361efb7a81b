"""The comparison of two checkouts finds what differs and lets pass what is stated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Tool = Callable[[str], ModuleType]
OLD = {
    "segments": [
        {"file": "a.fit", "gain": 10.0, "surface": "road"},
        {"file": "a.fit", "gain": 20.0, "surface": "trail"},
        {"file": "b.fit", "gain": None, "surface": "road"},
    ],
    "claims": [{"claim": "impact", "low": -0.1, "caveats": ["one", "two"]}],
}
NEW = {
    "segments": [
        {"file": "b.fit", "ascent": None, "surface": "road"},
        {"file": "a.fit", "ascent": 10.0 + 1e-12, "surface": "road"},
        {"file": "a.fit", "ascent": 20.0, "surface": "trail"},
    ],
    "claims": [{"claim": "impact", "low": -0.1, "caveats": ["one", "two"]}],
}
RENAMED = {"segments.gain": "ascent"}


def changed(**claim: object) -> dict[str, object]:
    """Return the new answers with something else in the claim."""
    return {**NEW, "claims": [{**NEW["claims"][0], **claim}]}


def kinds(script: ModuleType, new: object, renamed: dict[str, str]) -> list[str]:
    """Return what kinds of values differ from the old answers."""
    found = script.compare(OLD, new, script.Stated(renamed), 1e-9)
    return sorted({difference.kind for difference in found})


@pytest.mark.parametrize(
    ("new", "renamed", "expected"),
    [
        (NEW, RENAMED, []),
        (NEW, {}, ["segments[].ascent", "segments[].gain"]),
        (changed(low=-0.2), RENAMED, ["claims[].low"]),
        (changed(low=None), RENAMED, ["claims[].low"]),
        (changed(caveats=["one"]), RENAMED, ["claims[].caveats[]"]),
        (changed(high=0.3), RENAMED, ["claims[].high"]),
        ({**NEW, "claims": []}, RENAMED, ["claims[].caveats[]", "claims[].claim", "claims[].low"]),
    ],
    ids=["same", "renamed", "number", "missing", "shorter", "new", "row gone"],
)  # fmt: skip
def test_differences_are_found(
    tool: Tool, new: object, renamed: dict[str, str], expected: list[str]
) -> None:
    """Rows are matched by their file whatever their order; names by the stated map; numbers within
    rounding are the same.
    """
    assert kinds(tool("compare_answers"), new, renamed) == expected


def test_only_what_is_stated_passes(tool: Tool, tmp_path: Path) -> None:
    """A stated difference passes with its reason, an unstated one or a statement that matches
    nothing does not.
    """
    script = tool("compare_answers")
    new = changed(low=-0.2)
    for text, passes in (
        ('"claims[].low" = "wider"', True),
        ('"claims[].high" = "wider"', False),
        ('"claims[].*" = "wider"\n"segments[].surface" = "none"', False),
    ):
        path = tmp_path / "stated.toml"
        path.write_text(
            f'[renamed]\n"segments.gain" = "ascent"\n[stated]\n{text}\n', "utf-8"
        )
        stated = script.Stated.from_toml(path)
        lines, fine = script.report(
            script.compare(OLD, new, stated, 1e-9), stated
        )
        assert fine is passes
        assert any("50 %" in line for line in lines)


def test_a_checkout_answers_as_itself(
    tool: Tool, root: Path, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Compared with itself, a checkout differs in nothing."""
    source = samples / "odd" / "two-tracks.gpx"
    script = tool("compare_answers")
    assert (
        script.main([str(root), str(root), str(source), "--analyses", "0"]) == 0
    )
    differing, _, all_values = capsys.readouterr().out.split()[:3]
    assert differing == "0"
    assert int(all_values) > 1000
