"""Measures the search and the palette when the product is full: see `bench.search.__main__`."""
