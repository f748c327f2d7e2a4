"""One module per command: opens the catalogue, wires the parts, owns transactions."""
