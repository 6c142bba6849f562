"""What a segmentation is measured by."""
