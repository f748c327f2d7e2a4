"""XMP packets: what Google knows of an item and its file does not, in the fields others read.

Field names and forms: Adobe, "XMP Specification Part 2", and what Immich, digiKam, darktable and
Lightroom look for. A packet that exists is added to: every value in it stays as it is.
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from gphotos_reconcile.core.model import Problem, TimeBasis
from gphotos_reconcile.core.plan import PlanItem

PREFIXES: Final = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "darktable": "http://darktable.sf.net/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
LARGEST_BYTES: Final = 4 << 20

_FOREIGN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML 1.0
_BEGIN: Final = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END: Final = '\n<?xpacket end="w"?>\n'
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_EMPTY: Final = (
    '<x:xmpmeta xmlns:x="{x}"><rdf:RDF xmlns:rdf="{rdf}"><rdf:Description rdf:about=""/>'
    "</rdf:RDF></x:xmpmeta>"
).format(**PREFIXES)


class XmpError(ValueError):
    """A packet that exists cannot be read, and so cannot be added to."""

    def problem(self) -> Problem:
        """Return the words for a person."""
        return Problem(
            stage="xmp",
            message=f"The XMP file that is there cannot be added to: {self}. It was left alone.",
            hint="Look at it with exiftool; put it right or move it, and run the command again.",
        )


def xmp_packet(
    item: PlanItem, existing: bytes | None = None, *, favourite_rating: int | None = None
) -> bytes | None:
    """Return a packet with the item's facts, None when the existing one holds them all.

    Args:
        item: what is to be told; fields that are empty are not written.
        existing: a packet to add to. Single values in it win over ours, lists are united.
        favourite_rating: the stars that a favourite gets, None for none.

    Raises:
        XmpError: `existing` is no XMP.
    """
    packet = _Packet(_parsed(existing))
    rating = favourite_rating if item.favourite else None
    for group in _single_values(item, rating):
        packet.set(group)
    packet.set_text_alternative("dc:description", item.description)
    for name, container, values in _lists(item):
        packet.unite(name, container, values)
    return packet.to_bytes() if packet.is_changed else None


def _single_values(item: PlanItem, rating: int | None) -> list[dict[str, str]]:
    """Return groups of values that make sense together: a date, a place, a rating."""
    groups: list[dict[str, str]] = []
    moment = capture_date_text(item)
    if moment:
        groups.append({"exif:DateTimeOriginal": moment, "photoshop:DateCreated": moment})
    if item.latitude is not None and item.longitude is not None:
        latitude, longitude = _xmp_angle(item.latitude, "NS"), _xmp_angle(item.longitude, "EW")
        groups.append({"exif:GPSLatitude": latitude, "exif:GPSLongitude": longitude})
    if rating is not None:
        groups.append({"xmp:Rating": str(rating)})
    return groups


def _lists(item: PlanItem) -> list[tuple[str, str, list[str]]]:
    """Return the lists: plain keywords, and the same as a tree in digiKam's and Adobe's ways."""
    branches: list[tuple[str, ...]] = [("GP", album) for album in item.albums]
    branches += [("GP", "People", person) for person in item.people]
    return [
        ("dc:subject", "rdf:Bag", [branch[-1] for branch in branches]),
        ("digiKam:TagsList", "rdf:Seq", [_branch(branch, "/") for branch in branches]),
        ("lr:hierarchicalSubject", "rdf:Bag", [_branch(branch, "|") for branch in branches]),
        ("Iptc4xmpExt:PersonInImage", "rdf:Bag", list(item.people)),
    ]


def _branch(names: Iterable[str], separator: str) -> str:
    return separator.join(name.replace(separator, "_") for name in names)


def capture_date_text(item: PlanItem) -> str:
    """Return the capture time as ISO 8601, with its zone where it is known; "" without one.

    A file's own time of change is no capture time.
    """
    moment, basis = item.taken_at, item.taken_at_basis
    if moment is None or basis == TimeBasis.MTIME:
        return ""
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    has_no_zone = basis in {TimeBasis.EXIF_LOCAL, TimeBasis.NAME} and moment.tzinfo is UTC
    return text.replace("+00:00", "" if has_no_zone else "Z")


def _xmp_angle(degrees: float, signs: str) -> str:
    """Return `DDD,MM.mmmmmmk`, as XMP writes coordinates; six decimals are under a millimetre."""
    whole = round(abs(degrees) * 60 * 1_000_000)
    minutes, rest = divmod(whole, 1_000_000)
    sign = signs[0] if degrees >= 0 else signs[1]
    return f"{minutes // 60},{minutes % 60}.{rest:06d}{sign}"


def _parsed(existing: bytes | None) -> ET.Element:
    if existing is None:
        return ET.fromstring(_EMPTY)  # noqa: S314 (our own text)
    if len(existing) > LARGEST_BYTES or b"<!DOCTYPE" in existing or b"<!ENTITY" in existing:
        raise XmpError("it is larger than XMP is, or declares entities")
    try:
        for _, (prefix, uri) in ET.iterparse(io.BytesIO(existing), events=["start-ns"]):  # noqa: S314
            _keep_prefix(prefix, uri)
        parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))  # noqa: S314
        parser.feed(existing)
        root: ET.Element = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise XmpError(str(error)) from error
    return root


def _keep_prefix(prefix: str, uri: str) -> None:
    """Let a packet's own prefix come out as it went in, where it does not clash with ours."""
    known = prefix in PREFIXES or uri in PREFIXES.values()
    if prefix and not known and not re.fullmatch(r"ns\d+|xml.*", prefix):
        ET.register_namespace(prefix, uri)


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


@dataclass(slots=True)
class _Packet:
    root: ET.Element
    is_changed: bool = False

    def set(self, group: dict[str, str]) -> None:
        """Give single values that belong together, where there is none of them."""
        if any(self._has(name) for name in group):
            return
        for name, value in group.items():
            self._descriptions()[0].set(_tag(name), _clean(value))
        self.is_changed = True

    def set_text_alternative(self, name: str, value: str) -> None:
        """Give a text in the default language where there is none in any."""
        if not value or self._has(name):
            return
        entry = self._added_list(name, "rdf:Alt")
        ET.SubElement(entry, _tag("rdf:li"), {_XML_LANG: "x-default"}).text = _clean(value)
        self.is_changed = True

    def unite(self, name: str, container: str, values: Iterable[str]) -> None:
        """Add the values that a list does not hold yet, in their order."""
        wanted = list(dict.fromkeys(_clean(value) for value in values))
        if not wanted or self._has_attribute(name):
            return
        found = self._element(name)
        holder = found[0] if found is not None and len(found) else None
        held = {entry.text for entry in holder} if holder is not None else set()
        missing = [value for value in wanted if value not in held]
        if not missing:
            return
        if holder is None:
            holder = self._added_list(name, container, found)
        for value in missing:
            ET.SubElement(holder, _tag("rdf:li")).text = value
        self.is_changed = True

    def to_bytes(self) -> bytes:
        """Return the packet as a file."""
        try:
            ET.indent(self.root, " ")
        except RecursionError as error:
            raise XmpError("it is nested deeper than XMP is") from error
        return (_BEGIN + ET.tostring(self.root, encoding="unicode") + _END).encode("utf-8")

    def _descriptions(self) -> list[ET.Element]:
        rdf = self.root if self.root.tag == _tag("rdf:RDF") else self.root.find(_tag("rdf:RDF"))
        if rdf is None:
            raise XmpError("there is no rdf:RDF in it")
        found = rdf.findall(_tag("rdf:Description"))
        return found or [ET.SubElement(rdf, _tag("rdf:Description"), {_tag("rdf:about"): ""})]

    def _has_attribute(self, name: str) -> bool:
        return any(_tag(name) in description.attrib for description in self._descriptions())

    def _has(self, name: str) -> bool:
        return self._has_attribute(name) or self._element(name) is not None

    def _element(self, name: str) -> ET.Element | None:
        found = (description.find(_tag(name)) for description in self._descriptions())
        return next((element for element in found if element is not None), None)

    def _added_list(
        self, name: str, container: str, element: ET.Element | None = None
    ) -> ET.Element:
        if element is None:
            element = ET.SubElement(self._descriptions()[0], _tag(name))
        return ET.SubElement(element, _tag(container))


def _clean(text: str) -> str:
    """Return text as XML can hold it and gives it back: line ends are line feeds."""
    return _FOREIGN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


for _prefix, _uri in PREFIXES.items():
    ET.register_namespace(_prefix, _uri)
