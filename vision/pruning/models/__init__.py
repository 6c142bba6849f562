"""The registry of networks that can be slimmed; each file of this package registers one family.

A builder takes `classes`, `size` (`paper` or `compact`) and `widths`, how many channels pass each
prunable batch normalisation, in the order of the module's `groups`. It returns a `Network`, which
maps pictures (N, 3, 32, 32) to logits (N, classes). A cut network is the same builder with
smaller widths. The fact `published="VGG-19"` names the network of the paper's table that one is
compared with; `idea="…"` says in a sentence what is new. All may be left out.
"""

from vision.registry import Registry

ARCHITECTURES = Registry("pruning", __name__)
