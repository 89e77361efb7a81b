"""Folders of several athletes, and the profile that lies in one."""

from __future__ import annotations

import os
from pathlib import Path

from trailstats.errors import ReadError
from trailstats.model.athlete import Athlete

__all__ = ["athlete_folders", "profile_in"]

PROFILE = "athlete.toml"


def athlete_folders(root: str | os.PathLike[str]) -> dict[str, str]:
    """Return the folders in a folder by name, hidden ones left out.

    Raises
    ------
    ReadError
        When it can't be listed or holds none.
    """
    try:
        folders = sorted(
            p for p in Path(root).iterdir() if p.is_dir() and not p.name.startswith(".")
        )
    except OSError as error:
        raise ReadError(
            f"can't be listed: {error.strerror or error}", path=str(root)
        ) from None
    if not folders:
        raise ReadError(
            "it holds no folders: one for each athlete is needed", path=str(root)
        )
    return {p.name: str(p) for p in folders}


def profile_in(source: object) -> Athlete:
    """Return the profile that lies in a folder; an empty one where there is none, or no folder."""
    if (
        isinstance(source, str | os.PathLike)
        and (path := Path(source) / PROFILE).is_file()
    ):
        return Athlete.from_toml(path)
    return Athlete()
