"""What every training shares, whatever it teaches."""
