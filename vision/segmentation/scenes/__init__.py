"""Street scenes with exact label maps and every object's own pixels, rendered from a seed."""

from vision.segmentation.scenes.scene import Scene, Truth, draw_scene, paint, render

__all__ = ["Scene", "Truth", "draw_scene", "paint", "render"]
