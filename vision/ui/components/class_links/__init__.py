"""Links that open the page as it stands."""
