"""Doors in: Takeout exports, local folders, and what Google's own interfaces list.

May import media, matching, google and core. Nothing here writes to a source.
"""
