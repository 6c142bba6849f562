"""Vision Lab: five classics of computer vision, to train, measure and touch."""

__version__ = "0.1.0"
