"""Who gets a new lead: hours of work and the ways to deal leads out. Pure; the service reads and writes."""
