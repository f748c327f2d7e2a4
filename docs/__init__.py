"""Pictures and pages that the README cannot hold, and what makes them."""
