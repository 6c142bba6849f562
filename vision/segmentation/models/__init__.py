"""The registry of segmentation architectures; each file of this package registers one family.

A builder takes `classes`, `size` and its own keyword arguments and returns a module that maps
pictures (N, 3, H, W), H and W multiples of 32, to logits (N, classes, H, W).
"""

from vision.registry import Registry

ARCHITECTURES = Registry("segmentation", __name__)
