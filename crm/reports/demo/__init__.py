"""A believable company with a year of history, told through the same services that people use."""
