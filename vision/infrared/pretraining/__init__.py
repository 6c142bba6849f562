"""A backbone learns on pictures that were made to look like thermograms."""
