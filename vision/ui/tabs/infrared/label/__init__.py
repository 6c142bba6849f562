"""Label thermograms of one's own and let a detector learn from them."""
