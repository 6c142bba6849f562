"""What was found in a thermogram, how warm it is, and what follows from that."""
