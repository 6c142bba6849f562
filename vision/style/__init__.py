"""Neural style transfer: the content of one picture painted in the style of another."""

VERBS = {  # by name: the module below this one, and what it does
    "predict": ("predict", "paint one picture in the style of another and write it as PNG"),
    "train": ("train", "train a network that paints in a single pass"),
    "train_extractor": ("features.train",
                       "train the VGG-19 whose features say what content and style are"),
    "recipes": ("recipes", "train every model that is missing, by its recipe"),
    "evaluate": ("evaluate", "compare paintings of one pair by their losses"),
    "paint": ("paint", "paint the style pictures by code"),
}
