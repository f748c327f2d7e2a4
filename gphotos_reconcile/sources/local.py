"""A local photo library: every file under one folder."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import filetype

from gphotos_reconcile.core.errors import SourceError
from gphotos_reconcile.core.model import Locator, Observation, Problem, Rejection
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.ports import Fingerprinter, KnownStamps, Progress, Silent
from gphotos_reconcile.sources.feed import Seen, ToRead, fingerprint_all
from gphotos_reconcile.sources.files import FileBytes, FoundFile, file_name, walk_files

# Files with these endings are always read: one that is no picture after all is told as a problem.
MEDIA_ENDINGS: Final = frozenset(
    {
        "3fr", "3g2", "3gp", "arw", "avi", "avif", "bmp", "cr2", "cr3", "crw", "dcr", "dng",
        "erf", "fff", "gif", "gpr", "heic", "heics", "heif", "hif", "iiq", "insp", "insv",
        "jfif", "jpe", "jpeg", "jpg", "jxl", "k25", "kdc", "lrv", "m2t", "m2ts", "m4v", "mef",
        "mkv", "mos", "mov", "mp", "mp4", "mpe", "mpeg", "mpg", "mpo", "mrw", "mts", "nef",
        "nrw", "ogv", "orf", "pef", "png", "psd", "raf", "raw", "rw2", "rwl", "sr2", "srf",
        "srw", "svg", "thm", "tif", "tiff", "ts", "vob", "webm", "webp", "wmv", "x3f",
    }
)  # fmt: skip
# Files with these endings are counted and not opened.
OTHER_ENDINGS: Final = frozenset(
    {
        "7z", "aae", "aup", "bak", "cfg", "conf", "css", "csv", "dat-journal", "db", "db-shm",
        "db-wal", "dll", "doc", "docx", "dop", "eml", "epub", "exe", "gpx", "gz", "h", "htm",
        "html", "ics", "ini", "iso", "jar", "js", "json", "kml", "lnk", "log", "lrcat",
        "lrdata", "m3u", "m4a", "md", "mp3", "nfo", "ods", "odt", "ogg", "opus", "pdf", "plist",
        "pp3", "ppt", "pptx", "ps", "py", "rar", "rtf", "sh", "sqlite", "sqlite3", "srt", "tar",
        "tgz", "torrent", "txt", "url", "vcf", "wav", "xcf", "xls", "xlsx", "xml", "xmp",
        "yaml", "yml", "zip",
    }
)  # fmt: skip
_SNIFF_BYTES: Final = 262  # what `filetype` looks at


class LocalSource:
    """Every file under one folder of the user's.

    After `scan` has ended, `skipped` tells how many files were left out and why, and `complete`
    whether everything that may hold a picture could be read.
    """

    def __init__(
        self,
        root: Path,
        *,
        fingerprinter: Fingerprinter,
        known: KnownStamps,
        exclude: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> None:
        """Prepare to scan `root`; `exclude` holds shell patterns for names or relative paths."""
        self.root = root.absolute()
        self.name = display_path(os.fsencode(self.root))
        self.skipped: Counter[str] = Counter()
        self.complete = False
        self._fingerprinter = fingerprinter
        self._known = known
        self._exclude = tuple(exclude)
        self._progress = progress or Silent()
        self._unreadable = 0

    def scan(self) -> Iterator[Seen]:
        """Yield one value for each file that is not counted in `skipped`.

        Paths come in byte order as the folders are walked; those that are read are yielded as
        the workers finish them.

        Raises:
            SourceError: the folder does not exist, or is none.
        """
        check_library(self.root)
        self.complete, self._unreadable = False, 0
        self.skipped.clear()
        self._progress.start(f"reading {self.name}", self._file_count(), "files")
        for value in fingerprint_all(self._entries(), self._fingerprinter):
            if isinstance(value, Rejection) and value.problem.stage != "link":
                self._unreadable += 1
            self._progress.advance(current=display_path(value.locator.path))
            yield value
        self._progress.finish()
        self.complete = self._unreadable == 0

    def _file_count(self) -> int | None:
        """Return how many files lie under the root, where somebody wants to know the time left."""
        if isinstance(self._progress, Silent):
            return None
        return sum(1 for _ in walk_files(os.fsencode(self.root), skip_folder=self._is_excluded))

    def _entries(self) -> Iterator[ToRead | Seen]:
        for found in walk_files(os.fsencode(self.root), skip_folder=self._is_excluded):
            if self._is_excluded(found.path):
                self.skipped["excluded"] += 1
                continue
            entry = self._entry(found)
            if entry is not None:
                yield entry

    def _entry(self, found: FoundFile) -> ToRead | Seen | None:
        locator = Locator(source=self.name, archive="", path=found.path)
        if found.problem is not None:
            return Rejection(locator=locator, problem=found.problem)
        reason = found.skip or _why_no_media(found.path)
        if isinstance(reason, Problem):
            return Rejection(locator=locator, problem=reason)
        if reason or found.stamp is None:
            self.skipped[reason] += 1
            return None
        name = display_path(file_name(found.path))
        if self._known(locator) == found.stamp:
            return Observation(locator=locator, name=name, stamp=found.stamp, fingerprint=None)
        content = FileBytes(found.path, found.stamp.size_bytes)
        return ToRead(locator, name, found.stamp, content)

    def _is_excluded(self, path: bytes) -> bool:
        if not self._exclude:
            return False
        relative = os.path.relpath(path, os.fsencode(self.root)).decode("utf-8", "surrogateescape")
        name = relative.rpartition("/")[2]
        return any(fnmatchcase(name, p) or fnmatchcase(relative, p) for p in self._exclude)


def _why_no_media(path: bytes) -> str | Problem:
    """Return why a file is left out, "" when it has to be read."""
    name = file_name(path)
    if name.startswith(b"._"):
        return "AppleDouble file"  # macOS keeps attributes in ._NAME.jpg on foreign drives
    if name in {b".DS_Store", b"Thumbs.db", b"desktop.ini"}:
        return "folder settings"
    ending = name.rpartition(b".")[2].lower().decode("utf-8", "replace") if b"." in name else ""
    if ending in MEDIA_ENDINGS:
        return ""
    if ending in OTHER_ENDINGS:
        return f"not media (.{ending})"
    return _sniffed(path)


def _sniffed(path: bytes) -> str | Problem:
    try:
        with FileBytes(path, 0).open() as stream:
            head = stream.read(_SNIFF_BYTES)
    except OSError as error:
        return Problem(
            stage="open",
            message=f"{display_path(path)} cannot be read: {error.strerror or error}.",
            hint="Check its rights (`ls -l`) and the state of the drive, then run again.",
        )
    is_media = filetype.image_match(head) or filetype.video_match(head)
    return "" if is_media else "not media (by content)"


def check_library(root: Path) -> None:
    """Raise unless `root` is a folder that can be scanned.

    Raises:
        SourceError: it does not exist, or is a file.
    """
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise SourceError(
            f"The library {display_path(os.fsencode(root))} {what}.",
            hint="Name the folder that holds your photos, and check that its drive is there.",
        )


def check_not_nested(libraries: Sequence[Path], exports: Sequence[Path]) -> None:
    """Refuse a library inside an export's folder, and an export's folder inside a library.

    A photo of the export would be found in the "library" and be called safe, although it is the
    same file. An archive file inside a library is harmless: archives there are not opened.

    Raises:
        SourceError: two of them are nested, by name or by what a link or mount leads to.
    """
    for export in exports:
        if not export.is_dir():
            continue
        for library in libraries:
            if _holds(export, library) or _holds(library, export):
                raise SourceError(
                    f"The library {library} and the export's folder {export} lie one inside the"
                    " other: the export would be compared with itself.",
                    hint="Move the unpacked export out of the library, or name the archive files"
                    " themselves instead of their folder.",
                )


def _holds(outer: Path, inner: Path) -> bool:
    try:
        status = outer.stat()
    except OSError:
        return False
    wanted = (status.st_dev, status.st_ino)
    place = Path(os.path.realpath(inner))
    return any(wanted == _identity(step) for step in (place, *place.parents))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
