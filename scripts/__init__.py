"""The commands, and the Python that belongs to one of them."""
