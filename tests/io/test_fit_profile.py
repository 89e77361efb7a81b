"""The table of published FIT facts: what it says, and that the script still writes it."""

from __future__ import annotations

import pytest
from fitdecode.profile import FIELD_TYPES, MESSAGE_TYPES

from trailstats.io.fit import _profile as profile


@pytest.mark.parametrize(
    ("message", "field", "expected"),
    [
        ("record", "enhanced_altitude", (78, 5, 500, "m")),
        ("record", "fractional_cadence", (53, 128, 0, "rpm")),
        ("record", "position_lat", (0, 1, 0, "semicircles")),
        ("record", "left_power_phase", (69, 0.7111111, 0, "degrees")),
        ("session", "total_distance", (9, 100, 0, "m")),
        ("session", "workout_rpe", (193, 1, 0, "")),
        ("hrv", "time", (0, 1000, 0, "s")),
    ],
)
def test_facts(message, field, expected):
    """Numbers, scales, offsets and units as the protocol publishes them."""
    fact = profile.fields(message)[field]
    assert (fact.number, fact.scale, fact.offset, fact.unit) == expected


def test_names_of_values():
    """Enumerated values have their published names."""
    assert profile.value_names("sport")[17] == "hiking"
    assert profile.value_names("sub_sport")[3] == "trail"
    assert profile.value_names("lap_trigger")[2] == "distance"
    assert profile.value_names("manufacturer")[294] == "coros"
    assert profile.value_names("garmin_product")[2697] == "fenix5"


@pytest.mark.parametrize("message", profile._published()["messages"])
def test_every_fact_is_in_the_source(message):
    """No field was lost or changed on the way from the source's table."""
    source = MESSAGE_TYPES[profile.message_number(message)]
    assert source.name == message
    by_name = {f.name: f for f in source.fields.values()}
    facts = profile.fields(message)
    assert facts
    for name, fact in facts.items():
        theirs = by_name[name]
        assert (fact.number, fact.scale, fact.offset) == (
            theirs.def_num,
            theirs.scale or 1,
            theirs.offset or 0,
        )
    if message == "record":
        assert set(facts) == set(by_name)


def test_enumerations_are_complete():
    """Each value of the source has its name."""
    for kind in ("file", "sport", "sub_sport", "manufacturer", "garmin_product"):
        assert profile.value_names(kind) == FIELD_TYPES[kind].enum


def test_the_script_writes_the_file(tool, root):
    """The file is what the script writes from the source's version that it names."""
    script = tool("make_fit_profile")
    text = (root / "trailstats" / "io" / "fit" / "profile.json").read_text(
        encoding="utf-8"
    )
    if f"fitdecode {script.version('fitdecode')} " not in text:
        pytest.skip("another version of the source is installed")
    assert script.render() == text
