"""Passwords whose hash is quickly made: what is tried here is the door, not how long a guess takes."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    iterations = 1000
