"""Acts on opportunities, documents and leads."""
