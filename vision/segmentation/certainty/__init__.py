"""How sure a model is of its pixels, and how sure a number is that was measured on pictures."""
