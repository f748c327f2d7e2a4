"""Google Takeout: archives, layout, pairing of sidecars, the source itself.

`archives` opens a part of any form (`zips`, `tars`, `folders`), `exports` sorts what the user named
into exports, `source` yields what they hold. `sidecars`, `layout` and `pairing` are pure.
"""
