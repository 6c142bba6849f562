"""Infrared: devices of a substation found in a thermogram, with masks and temperatures."""

VERBS = {
    "train": "train a detector and write its checkpoint",
    "train_backbone": "pre-train a grey backbone on source pictures like thermograms",
    "train_zones": "train the zone head and write its checkpoint",
    "recipes": "train every shipped model that is missing, by its recipe",
    "ladder": "train with few labelled pictures in several ways, and keep the measures",
    "classical": "train the classical baseline: moments and a support vector machine",
    "evaluate": "measure a detector: average precision of boxes and masks",
    "zones": "measure the zone head: how many zones are where they should be",
    "predict": "find the devices of one thermogram and judge their temperatures",
    "render": "render thermograms with exact masks, boxes, zones and faults",
}
