"""Promises proved on a running server, as websites, browsers and impatient people meet it."""
