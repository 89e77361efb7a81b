"""What a person states, and the recordings that they bring: plain files in the folder itself."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import threading
from collections.abc import (
    AsyncIterator,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    Sequence,
)
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path, PurePosixPath
from typing import Any

from trailstats.boundary import configuring, read_text, reason_of, shown
from trailstats.errors import ConfigError, MissingExtraError, WriteError
from trailstats.history._sources import PROFILE
from trailstats.io.tables import write_atomically
from trailstats.model.athlete import INTENTS, Athlete
from trailstats.schema import Surface
from trailstats.terrain import SurfaceLabels

PART = ".part"
"""Ending of the name of a file that is still coming."""

LABELS = "trailstats-labels.csv"
"""Name of the file of labels."""

INTENT_FILE = "intent.csv"
"""Name of the file of what runs were meant to be, where the profile names no other."""

PRIVATE = frozenset(
    {"privacy_zones", "privacy_secret", "osm", "intents", "margins"}
)
"""Keys of the profile that the page neither shows nor changes."""

MOST_BYTES = 8 << 30
"""Largest upload [bytes] (our choice): an export of many years."""

SPARE = 64 << 20
"""Room that an upload leaves on the disk [bytes] (our choice)."""

_LONGEST_NAME = 180
_HEADER = ("file", "from", "to", "surface")


class Kept:
    """The folder of recordings, with the runner's profile and labels.

    Parameters
    ----------
    folder : path
        It must be there.
    profile : path, optional
        By default ``athlete.toml`` in the folder, whether it is there or not.

    Raises
    ------
    ConfigError
        When the folder is none.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        profile: str | os.PathLike[str] | None = None,
    ) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise ConfigError(f"{shown(folder)}: there is no such folder")
        self.profile = self.folder / PROFILE if profile is None else Path(profile)
        self._writing = threading.Lock()

    @property
    def labels_file(self) -> Path:
        """Where labels are kept."""
        return self.folder / LABELS

    def athlete(self) -> Athlete:
        """Return the profile; an empty one where there is no file.

        Raises
        ------
        ConfigError
            When it can't be read.
        """
        return (
            Athlete.from_toml(self.profile)
            if self.profile.exists()
            else Athlete()
        )

    def stated(self) -> dict[str, object]:
        """Return the keys of the profile that the page shows, with their values.

        Raises
        ------
        ConfigError
            When it can't be read.
        """
        known = self.athlete().to_dict()
        return {k: v for k, v in known.items() if k not in PRIVATE}

    def state(self, changes: Mapping[str, object]) -> None:
        """Write keys of the profile; comments and other keys of the file stay.

        Parameters
        ----------
        changes : mapping of str to object
            As `Athlete.from_dict` takes them; None, an empty text or an empty list takes a key out.

        Raises
        ------
        ConfigError
            For a key that is not known or not to be changed here, or a value that is none.
        MissingExtraError
            Without tomlkit.
        WriteError
            When the file can't be written.
        """
        known = {f.name for f in fields(Athlete)} - PRIVATE
        for key in changes:
            if key not in known:
                raise ConfigError(f"athlete: {key!r} can't be stated here")
        with self._profile() as document:
            for key, value in changes.items():
                if value is None or value == "" or value == []:
                    document.pop(key, None)
                else:
                    document[key] = value

    @contextmanager
    def _profile(self) -> Iterator[MutableMapping[str, Any]]:
        """Yield the profile to change it; it is written where it can be read again."""
        try:
            import tomlkit
        except ImportError as error:
            raise MissingExtraError("tomlkit", "app") from error
        with self._writing, configuring(shown(self.profile)):
            text = read_text(self.profile) if self.profile.exists() else ""
            document = tomlkit.parse(text)
            yield document
            plain = document.unwrap()
            if isinstance(plain.get("intents"), str):
                del plain["intents"]
            Athlete.from_dict(plain)
            write_atomically(
                self.profile, tomlkit.dumps(document).encode("utf-8")
            )

    def intended(self) -> dict[str, str]:
        """Return what the runner says that recordings were meant to be, by file."""
        return dict(self.athlete().intents)

    def intend(self, file: str, intent: str) -> None:
        """Say what a recording was meant to be.

        Parameters
        ----------
        file : str
            As the rows name it.
        intent : str
            Easy, hard or race; empty takes it away.

        Raises
        ------
        ConfigError
            For another intent, or a file that is none in the folder.
        MissingExtraError
            Without tomlkit.
        WriteError
            When a file can't be written.
        """
        if intent and intent not in INTENTS:
            raise ConfigError(
                f"intent {intent!r} is none of {', '.join(INTENTS)}"
            )
        self._check_is_there(file)
        with self._profile() as document:
            named = document.get("intents", INTENT_FILE)
            rows = named
            if isinstance(named, str):
                rows = self.intended()
            rows.pop(file, None)
            if intent:
                rows[file] = intent
            if isinstance(named, str):
                place = self.profile.parent / named
                write_atomically(place, _csv(("file", "intent"), rows.items()))
                document["intents"] = named

    def labels(self) -> SurfaceLabels | None:
        """Return the labels, or None where there are none.

        Raises
        ------
        ConfigError
            When the file can't be understood.
        """
        if not self.labels_file.exists():
            return None
        return SurfaceLabels.from_file(self.labels_file)

    def labelled(self) -> dict[str, str]:
        """Return what whole recordings are labelled, by file."""
        return {
            row[0]: row[3] for row in self._label_rows() if not (row[1] or row[2])
        }

    def label(self, file: str, surface: str) -> None:
        """Say what the ground of a whole recording was; labels of its stretches stay.

        Parameters
        ----------
        file : str
            As the rows name it.
        surface : str
            Road, trail or unknown; empty takes the label away.

        Raises
        ------
        ConfigError
            For another surface, or a file that is none in the folder.
        WriteError
            When the file can't be written.
        """
        if surface and surface not in set(Surface):
            raise ConfigError(
                f"surface {surface!r} is not road, trail or unknown"
            )
        self._check_is_there(file)
        with self._writing:
            rows = [
                row
                for row in self._label_rows()
                if row[0] != file or row[1] or row[2]
            ]
            if surface:
                # First, so that labels of stretches go before it.
                rows.insert(0, (file, "", "", surface))
            write_atomically(self.labels_file, _csv(_HEADER, rows))

    def _check_is_there(self, file: str) -> None:
        parts = PurePosixPath(file.replace("!", "/").split("#")[0]).parts
        outside = not parts or ".." in parts or file.startswith("/")
        if outside or "\0" in file or not self._is_there(file):
            raise ConfigError(f"{shown(file)!r} is no recording in this folder")

    def _is_there(self, file: str) -> bool:
        """Return whether a recording, or the zip that holds it, lies in the folder."""
        place = self.folder
        for part in PurePosixPath(file.split("!")[0]).parts:
            place = place / part
            if place.is_file():
                return True
        return (self.folder / file.rpartition("#")[0]).is_file()

    def _label_rows(self) -> list[tuple[str, str, str, str]]:
        """Return the rows of the label file, as texts."""
        if not self.labels_file.exists():
            return []
        with configuring(shown(self.labels_file)):
            text = read_text(self.labels_file, "utf-8-sig")
            table = list(csv.DictReader(io.StringIO(text), skipinitialspace=True))
        rows = []
        for row in table:
            one, start, end, surface = (
                str(row.get(name) or "").strip() for name in _HEADER
            )
            rows.append((one, start, end, surface))
        return rows

    async def take(
        self, name: str, size: int | None, chunks: AsyncIterator[bytes]
    ) -> str:
        """Put a file that was brought into the folder; nothing there is replaced.

        Parameters
        ----------
        name : str
            As the browser calls it; only its last part counts.
        size : int or None
            As announced [bytes].
        chunks : async iterator of bytes

        Returns
        -------
        str
            The name that it has now.

        Raises
        ------
        WriteError
            When there is no room, it is larger than `MOST_BYTES`, or the folder can't be written.
        """
        wanted = safe_name(name)
        part = self.folder / f".{wanted}.{os.urandom(6).hex()}{PART}"
        room = shutil.disk_usage(self.folder).free - SPARE
        most = min(MOST_BYTES, max(room, 0))
        taken = 0
        try:
            if size is not None and size > most:
                raise WriteError(f"{wanted}: there is no room for it")
            with part.open("xb") as file:
                async for chunk in chunks:
                    taken += len(chunk)
                    if taken > most:
                        raise WriteError(f"{wanted}: there is no room for it")
                    file.write(chunk)
            if size is not None and taken != size:
                raise WriteError(f"{wanted}: it came incomplete")
            return self._settle(part, wanted)
        except OSError as error:
            raise WriteError(
                f"{wanted} can't be written: {reason_of(error)}"
            ) from error
        finally:
            part.unlink(missing_ok=True)

    def _settle(self, part: Path, wanted: str) -> str:
        """Give a file that has come the first name that is free."""
        stem, dot, suffix = wanted.partition(".")
        for number in range(1, 10_000):
            name = wanted if number == 1 else f"{stem}-{number}{dot}{suffix}"
            place = self.folder / name
            try:
                os.link(part, place)
            except FileExistsError:
                continue
            except OSError:
                # A file system without links, such as a card's.
                if place.exists():
                    continue
                part.rename(place)
            return name
        raise WriteError(f"{wanted}: there are too many of this name")


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as a file's content."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def safe_name(name: str) -> str:
    """Return the last part of a name as a file may be called anywhere: no hidden file, no device,
    none of ours.

    Examples
    --------
    >>> safe_name("../../etc/My run.gpx")
    'My run.gpx'
    >>> safe_name("athlete.toml")
    'recording-athlete.toml'
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r'[\x00-\x1f\x7f<>:"|?*\ud800-\udfff]', "_", last).strip(" .")
    plain = plain[-_LONGEST_NAME:]
    while len(plain.encode()) > _LONGEST_NAME:
        plain = plain[1:]
    device = re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", plain)
    if not plain or device or plain.lower() in (PROFILE, LABELS, INTENT_FILE):
        return f"recording-{plain}".rstrip("-")
    return plain
