"""Everything that brings, joins and turns leads, at once; see `bench.storm.__main__`."""
