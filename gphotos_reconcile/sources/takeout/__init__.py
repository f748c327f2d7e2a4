"""Google Takeout: archives, layout, pairing of sidecars, the source itself."""
