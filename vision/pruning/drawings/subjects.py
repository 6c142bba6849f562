"""What is drawn: the ten classes in the order of their labels."""

from __future__ import annotations

from vision.data.cifar import CIFAR10
from vision.pruning.drawings.animals import ANIMALS
from vision.pruning.drawings.vehicles import VEHICLES

SUBJECTS = VEHICLES | ANIMALS
CLASSES = CIFAR10
