"""Check that a release agrees with itself, and print its notes.

``python tools/check_release.py DIST [TAG]``: DIST holds the source archive and the wheel. The
version of the package, of the changelog's newest section, of ``CITATION.cff`` and of the tag must
be one; with a tag the section must have a day, which is that of ``CITATION.cff``; the wheel must
hold what only its build makes, and neither tests nor tools. Every file that names the repository
must name the one that ``pyproject.toml`` has, and ``GITHUB_REPOSITORY``, where it is set, must be
that one; `tools/set_address.py` changes them.
"""

from __future__ import annotations

import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from set_address import PLACES, address

ROOT = Path(__file__).resolve().parent.parent
MADE = ("trailstats/report/vega.js", "trailstats/cli/sample/athlete.toml")
NAMED = re.compile(
    r"https://github\.com/([\w.-]+/[\w.-]+)|uses: ([\w.-]+/trailstats)@"
)
"""The repository, as a file may name it."""
SECTION = re.compile(
    r"^## \[?(?P<version>\d+\.\d+\.\d+)\]? - (?P<day>\S+)\n(?P<notes>.*?)(?=^## |^\[|\Z)",
    flags=re.MULTILINE | re.DOTALL,
)


def version_in(path: Path, pattern: str) -> str:
    """Return what a pattern finds in a file; empty where it finds nothing."""
    found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""


def problems(dist: Path, tag: str, root: Path = ROOT) -> Iterator[str]:
    """Yield what is wrong with a release, a sentence each."""
    version = version_in(
        root / "trailstats" / "_version.py", r'__version__ = "([^"]+)"'
    )
    section = newest(root)
    if section is None or section["version"] != version:
        yield f"the changelog's newest section is not that of {version}"
    elif tag and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", section["day"]):
        yield f"the changelog's section has no day, but {section['day']!r}"
    if version_in(root / "CITATION.cff", r"^version: (\S+)") != version:
        yield f"CITATION.cff does not name {version}"
    day = version_in(root / "CITATION.cff", r"^date-released: (\S+)")
    if tag and section is not None and section["day"] != day:
        yield f"CITATION.cff has the day {day}, the changelog {section['day']}"
    if tag and tag != f"v{version}":
        yield f"the tag is {tag}, the version {version}"
    yield from strangers(root)
    wheels = list(dist.glob(f"trailstats-{version}-*.whl"))
    archives = list(dist.glob(f"trailstats-{version}.tar.gz"))
    if len(wheels) != 1 or len(archives) != 1:
        yield f"{dist} does not hold one wheel and one source archive of {version}"
        return
    names = set(zipfile.ZipFile(wheels[0]).namelist())
    for name in MADE:
        if name not in names:
            yield f"the wheel does not hold {name}"
    tops = {name.partition("/")[0] for name in names}
    if tops != {"trailstats", f"trailstats-{version}.dist-info"}:
        yield f"the wheel holds {', '.join(sorted(tops))}"


def strangers(root: Path) -> Iterator[str]:
    """Yield what names another repository than the package does, or than this one."""
    source = address(root)
    for name in PLACES:
        text = (root / name).read_text(encoding="utf-8")
        for found in NAMED.finditer(text):
            named = found[1] or found[2]
            if named != source:
                yield f"{name} names {named}, the package {source}"
    here = os.environ.get("GITHUB_REPOSITORY", source)
    if here != source:
        yield f"this is {here}, the package names {source}: tools/set_address.py {here}"


def newest(root: Path = ROOT) -> re.Match[str] | None:
    """Return the newest section of the changelog."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return SECTION.search(text)


def main() -> None:
    """Print the notes of the release, or what is wrong with it."""
    dist = Path(sys.argv[1])
    found = list(problems(dist, "".join(sys.argv[2:3])))
    if found:
        sys.exit("\n".join(found))
    section = newest()
    print(section["notes"].strip() if section else "")


if __name__ == "__main__":
    main()
