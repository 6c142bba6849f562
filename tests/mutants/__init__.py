"""Mutation testing: change one token of a file that teaches, and see whether a test notices."""
