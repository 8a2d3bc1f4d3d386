"""Measures the product full of data: see `bench.volume.__main__`."""
