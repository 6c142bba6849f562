"""Network slimming: train sparse, cut what is small, and measure what that saves."""

VERBS = {
    "train": "train a network sparse, fine-tune a cut one, or train its shape from scratch",
    "prune": "cut a share of the channels of a checkpoint and write the smaller one",
    "evaluate": "measure a checkpoint on a data set",
    "predict": "name what one picture shows",
    "export": "write a checkpoint for other programs",
    "draw": "draw one picture of each class",
    "curve": "measure a checkpoint at many ratios and note the curve on its card",
    "recipes": "train every shipped network that is missing, by its recipe",
}
