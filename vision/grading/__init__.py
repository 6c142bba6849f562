"""Grading: models that others trained, all measured alike on pictures that they have not seen."""

VERBS = {
    "rank": ("rank", "rank checkpoints of one system on pictures that one word stands for"),
}
