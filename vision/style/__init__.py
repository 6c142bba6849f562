"""Neural style transfer: the content of one picture painted in the style of another."""

VERBS = {
    "train_extractor": "train the VGG-19 whose features say what content and style are",
}
