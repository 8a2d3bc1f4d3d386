"""Measurements and storms that are too long for the tests. Each is bounded and ends by itself."""
