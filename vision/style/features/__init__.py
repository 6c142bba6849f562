"""The networks whose features say what content and style are, and how they were taught."""
