"""Network slimming: train sparse, cut what is small, and measure what that saves."""

VERBS = {  # by name: the module below this one, and what it does
    "train": ("train",
             "train a network sparse, fine-tune a cut one, or train its shape from scratch"),
    "prune": ("prune", "cut a share of the channels of a checkpoint and write the smaller one"),
    "evaluate": ("evaluate", "measure a checkpoint on a data set"),
    "predict": ("predict", "name what one picture shows"),
    "export": ("export", "write a checkpoint for other programs"),
    "quantise": ("quantise", "write a checkpoint in 8 bits, measured beside the float one"),
    "draw": ("draw", "draw one picture of each class"),
    "curve": ("curve", "measure a checkpoint at many ratios and note the curve on its card"),
    "sensitivity": ("sensitivity",
                    "measure each layer by itself, cut by some shares, and note it on the card"),
    "recipes": ("recipes", "train every network that is missing, by its recipe"),
}
