"""Deadlines, as the tests of the local instance have them."""

from tests.local.conftest import until

__all__ = ["until"]
