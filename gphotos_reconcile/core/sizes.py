"""Sizes as people read them."""


def size_text(size_bytes: int | None) -> str:
    """Return a size in decimal units, `3.4 MB`; "" for None."""
    if size_bytes is None:
        return ""
    amount = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 999.95:  # so that no size reads as 1000.0 of a unit
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"
