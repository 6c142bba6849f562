"""Infrared: devices of a substation found in a thermogram, with masks and temperatures."""

VERBS = {  # by name: the module below this one, and what it does
    "train": ("train", "train a detector and write its checkpoint"),
    "train_backbone": ("pretraining.train",
                      "pre-train a grey backbone on source pictures like thermograms"),
    "train_zones": ("zones.train", "train the zone head and write its checkpoint"),
    "recipes": ("recipes", "train every model that is missing, by its recipe"),
    "masks": ("studies.real_masks",
             "teach mask branches on a detector of real thermograms, and nothing else"),
    "ladder": ("studies.transfer_ladder",
              "train with few labelled pictures in several ways, and keep the measures"),
    "classical": ("studies.classical",
                 "train the classical baseline: moments and a support vector machine"),
    "evaluate": ("evaluate", "measure a detector: average precision of boxes and masks"),
    "zones": ("zones.locate", "measure the zone head: how many zones are where they should be"),
    "predict": ("predict", "find the devices of one thermogram and judge their temperatures"),
    "render": ("render", "render thermograms with exact masks, boxes, zones and faults"),
}
