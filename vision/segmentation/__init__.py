"""Segmentation: a class for every pixel of a street scene."""

VERBS = {
    "train": "train one architecture and write its checkpoint",
    "evaluate": "measure a checkpoint on a data set",
    "leaderboard": "compare all checkpoints: size, cost, quality, time here",
    "predict": "segment one picture and write the overlay",
    "render": "render street scenes with their exact label maps",
}
