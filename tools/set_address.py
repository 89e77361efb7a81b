"""Say where the project lives, in every file that names it.

``python tools/set_address.py OWNER/NAME``, once, by whoever publishes it. The address stands in
``pyproject.toml`` as ``Source``; `tools/check_release.py` holds the other places to it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = (
    "pyproject.toml",
    "CITATION.cff",
    "CHANGELOG.md",
    "docs/howto/elsewhere.md",
)
"""What names the repository, or the pages that it publishes."""
SITE = "https://github.com/"
KNOWN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}")


def address(root: Path = ROOT) -> str:
    """Return the address that the package names as its source, as owner and name."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    return str(project["urls"]["Source"]).removeprefix(SITE)


def pages_of(repository: str) -> str:
    """Return where the pages of a repository lie."""
    owner, _, name = repository.partition("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def places_of(repository: str) -> tuple[str, ...]:
    """Return how files name a repository: its address, its pages, and its action."""
    return (f"{SITE}{repository}", pages_of(repository), f"uses: {repository}@")


def set_address(new: str, root: Path = ROOT) -> list[str]:
    """Put a repository in place of the one that is named, and return the files that changed."""
    changed = []
    pairs = list(zip(places_of(address(root)), places_of(new), strict=True))
    for name in PLACES:
        path = root / name
        before = after = path.read_text(encoding="utf-8")
        for old, now in pairs:
            after = after.replace(old, now)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(name)
    return changed


def main() -> None:
    """Change the files, and print their names."""
    given = "".join(sys.argv[1:2])
    if not KNOWN.fullmatch(given):
        sys.exit("name the repository as OWNER/NAME")
    print("\n".join(set_address(given)))


if __name__ == "__main__":
    main()
