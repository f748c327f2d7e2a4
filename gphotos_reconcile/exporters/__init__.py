"""Doors out: lists, copies, albums, XMP. May import media, google and core."""
