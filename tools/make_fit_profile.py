"""Write ``trailstats/io/fit/profile.json``: published FIT field numbers, scales, units and names.

The facts are taken from the profile table of the installed ``fitdecode`` (MIT licence). Run::

    python tools/make_fit_profile.py          # rewrite the file
    python tools/make_fit_profile.py --check  # fail when it differs
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

from fitdecode import profile
from fitdecode.types import Field

TARGET = (
    Path(__file__).resolve().parent.parent
    / "trailstats"
    / "io"
    / "fit"
    / "profile.json"
)

# Messages whose every field is listed (they reach `extras`), and the fields used of the others.
WHOLE = ("record",)
USED = {
    "file_id": "type manufacturer product time_created product_name",
    "activity": "local_timestamp timestamp",
    "session": "timestamp start_time sport sub_sport sport_profile_name total_elapsed_time "
    "total_timer_time "
    "total_distance total_ascent total_descent workout_feel workout_rpe",
    "lap": "timestamp start_time total_elapsed_time total_timer_time total_distance lap_trigger",
    "sport": "sport sub_sport name",
    "event": "timestamp event event_type",
    "device_info": "device_index manufacturer product product_name",
    "workout": "wkt_name",
    "user_profile": "gender age height weight resting_heart_rate default_max_running_heart_rate "
    "default_max_heart_rate",
    "hr": "timestamp fractional_timestamp filtered_bpm event_timestamp event_timestamp_12",
    "hrv": "time",
    "field_description": "developer_data_index field_definition_number fit_base_type_id field_name "
    "scale "
    "offset units native_mesg_num native_field_num",
}
ENUMS = (
    "file",
    "sport",
    "sub_sport",
    "lap_trigger",
    "manufacturer",
    "garmin_product",
)

SOURCE = "fitdecode {version} (MIT licence, Copyright (c) 2018-present Jean-Charles Lefebvre)"
NOTE = (
    "Written by tools/make_fit_profile.py; don't edit by hand. A field stands as number, scale, "
    "offset, unit."
)


def published(field: Field) -> list[object]:
    """Return number, scale, offset and unit of a field."""
    unit = "_".join((field.units or "").split())
    return [field.def_num, field.scale or 1, field.offset or 0, unit]


def message(name: str, wanted: set[str] | None) -> dict[str, object]:
    """Return number and fields of a message; all fields where none are named."""
    found = next(m for m in profile.MESSAGE_TYPES.values() if m.name == name)
    fields = {f.name: published(f) for f in found.fields.values()}
    missing = (wanted or set()) - set(fields)
    if missing:
        sys.exit(f"the source has no field {sorted(missing)} in {name}")
    chosen = {
        n: fact for n, fact in fields.items() if wanted is None or n in wanted
    }
    return {"number": found.mesg_num, "fields": chosen}


def value_names(kind: str) -> dict[str, str]:
    """Return the names of the values of an enumerated type."""
    values = profile.FIELD_TYPES[kind].enum.items()
    return {
        str(number): text for number, text in values if isinstance(number, int)
    }


def render() -> str:
    """Return the text of the data file: a line for each field and each value."""
    document = {
        "note": NOTE,
        "source": SOURCE.format(version=version("fitdecode")),
        "messages": {
            **{name: message(name, None) for name in WHOLE},
            **{
                name: message(name, set(names.split()))
                for name, names in USED.items()
            },
        },
        "values": {kind: value_names(kind) for kind in ENUMS},
    }
    text = json.dumps(document, indent=1, ensure_ascii=False)
    # A field's four facts on one line.
    return (
        re.sub(r"\[[^]]*\]", lambda m: f"[{' '.join(m[0][1:-1].split())}]", text)
        + "\n"
    )


def main() -> int:
    """Rewrite the data file, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="fail when it differs, write nothing"
    )
    check = parser.parse_args().check
    old = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    text = render()
    if text == old:
        return 0
    if check:
        print(f"{TARGET.name} is not what this script writes", file=sys.stderr)
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
