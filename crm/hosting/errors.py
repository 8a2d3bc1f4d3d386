"""What this app raises when it refuses."""


class HostingError(Exception):
    """A refusal to start or to go on; its text is one sentence for the person at the console."""
