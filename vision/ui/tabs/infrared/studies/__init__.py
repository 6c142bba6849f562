"""What a lesson asks of a detector: boxes or masks, colours, textures, how few pictures do."""
