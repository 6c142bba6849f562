"""GAN and CGAN: digits, garments and small photographs drawn from noise, and measured honestly."""

VERBS = {  # by name: the module below this one, and what it does
    "train": ("train", "train one architecture and write its checkpoint and its snapshots"),
    "train_classifier": ("train_classifier", "train a classifier that reads what the GANs draw"),
    "recipes": ("recipes", "train every model that is missing, by its recipe"),
    "evaluate": ("evaluate",
                "measure a checkpoint: fidelity, diversity, D's opinion, distance, Parzen window"),
    "predict": ("predict", "draw pictures by label and write them as one picture"),
    "parzen": ("parzen",
              "measure a generator's Parzen-window log-likelihood alone, with its σ curve"),
}
