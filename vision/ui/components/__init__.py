"""What the tabs are built of."""
