"""Merging records: an engine that walks every key, with a way back. Apps register their tables and their odd keys."""
