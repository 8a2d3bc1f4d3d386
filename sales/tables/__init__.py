"""Lists of opportunities and documents."""
