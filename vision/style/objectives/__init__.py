"""What a painting minimises: targets, the objective over the whole picture, and over tiles."""
