"""What a training of segmentation makes smaller."""
