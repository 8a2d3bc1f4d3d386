"""Business process flows: definitions, stages, steps and runs; they are to come."""
