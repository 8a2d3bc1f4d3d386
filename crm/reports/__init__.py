"""Reads every other app and is imported by none: demonstration data now; dashboards, goals and forecasts to come."""
