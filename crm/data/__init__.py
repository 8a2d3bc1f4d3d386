"""Import, export, duplicates and merge: engines with a registry that know no business noun; they are to come."""
