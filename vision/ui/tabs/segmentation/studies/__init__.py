"""What the segmentation tab has to try besides its main action."""
