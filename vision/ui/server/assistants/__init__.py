"""Assistants reach the page as tools, and read its lessons, over the Model Context Protocol."""
