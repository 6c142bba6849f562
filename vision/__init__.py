"""Vision Lab: five classics of computer vision, to train, measure and touch."""

import os

__version__ = "0.1.0"

# Threads that wait for each other sleep instead of spinning. Beside other work on the same cores
# spinning makes torch many times slower; the choice is read once, when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
