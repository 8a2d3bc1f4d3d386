"""Pages of the person and of the first start."""
