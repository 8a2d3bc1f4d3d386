"""Fields that administrators add to tables: what they are, how their values are kept, and where they appear."""
