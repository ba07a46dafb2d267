"""Doctors over HTTP: search, recommendations, deactivation."""

from chalicelib.kit.http import Api

api = Api(__name__)
