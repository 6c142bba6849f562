"""Vision Lab: five classics of computer vision, to train, measure and touch."""

import os

__version__ = "0.1.0"

# Threads that wait for each other sleep instead of spinning. Beside other work on the same cores
# spinning makes torch many times slower; the choice is read once, when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Pages of two megabytes where the system gives them: a step of style transfer at 600×900 asked for
# 330,000 small ones, which took a sixth of its time. Read once, at torch's first tensor.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
