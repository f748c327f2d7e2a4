"""Tell which Google Photos items are safe on your own disks, and what exactly to copy."""

__version__ = "0.1.0"
