"""What Google's APIs and inventories say of an item whose original bytes nobody has read.

A row of this kind never carries a digest of an original and never proves equality: bytes that an
API hands out have lost their place, and often were compressed again.
"""

from dataclasses import dataclass, field
from datetime import datetime

from gphotos_reconcile.core.model import Kind, MediaFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """One item as the Library API or the Picker API tells it.

    `google_id` is the API's own id; it is not the media key that Takeout's `url` ends in.
    `created_at` is the capture time as edited in the app, not the time of upload. `facts` holds
    size in pixels and camera, as far as they are told. `ready` is False while Google still
    processes a video.
    """

    google_id: str
    filename: str
    mime_type: str
    kind: Kind
    created_at: datetime | None = None
    product_url: str | None = None
    description: str = ""
    facts: MediaFacts = field(default_factory=MediaFacts)
    ready: bool = True
    app_created: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRow:
    """One item of a whole-library inventory that another tool wrote.

    `sha1` is 40 hex digits where the dedup key decodes to one. It is Google's own key, told by a
    third party: it finds candidates and proves nothing by itself. Unknown flags are None.
    """

    media_key: str
    dedup_key: str = ""
    sha1: str | None = None
    filename: str = ""
    kind: Kind = Kind.OTHER
    taken_at: datetime | None = None
    uploaded_at: datetime | None = None
    width_px: int | None = None
    height_px: int | None = None
    size_bytes: int | None = None
    duration_s: float | None = None
    takes_up_space: bool | None = None
    is_original_quality: bool | None = None
    is_owned: bool | None = None
    is_archived: bool | None = None
    is_favorite: bool | None = None
    is_trashed: bool | None = None
    album: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassTotals:
    """The sums of one pass over a listing.

    `not_listed` counts items of the last complete pass, or uploaded since, that this one did not
    name. That is never proof of a deletion: listings end early, and the API shows only what this
    client uploaded.
    """

    pages: int = 0
    listed: int = 0
    new: int = 0
    repeated: int = 0
    rejected: int = 0
    not_listed: int = 0
    complete: bool = False
