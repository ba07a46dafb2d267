"""Replays real bookings against a running instance."""
