"""Parts of record pages."""
