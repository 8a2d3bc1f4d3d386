"""Lists as files: what a cell holds, how it is kept from being taken for a formula, and the formats."""
