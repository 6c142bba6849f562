"""How good a detector is, and where its points are lost."""
