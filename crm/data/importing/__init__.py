"""Bringing files in: reading them, understanding their columns, rehearsing, writing, and taking it all back."""
