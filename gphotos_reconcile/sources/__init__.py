"""Doors in: Takeout, local folders, Google, inventories. May import media, google and core."""
