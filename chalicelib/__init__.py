"""CareSlot, the backend of a clinic network."""

__version__ = "0.1.0"
