"""The theory lab: games of two tiny nets on a line or on a plane, and what theory says of them."""
