"""Reports on where business comes from."""
