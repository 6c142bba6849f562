"""Three kinds of segmentation of one street."""
