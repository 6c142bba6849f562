"""Segmentation: a class for every pixel of a street, a portrait, a volume or a slice of tissue."""

PEOPLE = ("background", "person")  # the classes of portraits
VERBS = {  # by name: the module below this one, and what it does
    "train": ("train", "train one architecture and write its checkpoint"),
    "recipes": ("recipes", "train every model that is missing, by its recipe"),
    "evaluate": ("evaluate", "measure a checkpoint on a data set"),
    "failures": ("studies.failures", "where a model fails, and whether another is surely better"),
    "leaderboard": ("leaderboard", "compare all checkpoints: size, cost, quality, time here"),
    "panoptic": ("panoptic.streets", "panoptic quality of a model on held-out streets"),
    "predict": ("predict", "segment one picture and write the overlay"),
    "slim": ("slim", "cut the channels with the smallest scales, and write the smaller model"),
    "export": ("export", "write a model as ONNX, with the shortest script that runs it"),
    "what_if": ("studies.what_if", "change one thing about streets, see what models make of it"),
    "render": ("render", "render street scenes with their exact label maps"),
}
