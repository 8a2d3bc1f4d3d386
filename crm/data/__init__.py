"""Export, duplicates, merge and import: engines with a registry that know no business noun."""
