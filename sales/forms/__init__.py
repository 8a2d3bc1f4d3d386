"""Forms of opportunities, documents and qualification."""
