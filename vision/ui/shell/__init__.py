"""What the page as a whole needs, whatever its tabs show."""
