"""Where a painting is made: in this process, or in ZeroGPU's fork, which hears Stop only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vision.ui.shell.zero_gpu import ZERO, on_gpu

if TYPE_CHECKING:
    import numpy as np

    from vision.style.scene import Region
    from vision.style.settings import Settings, Weights
    from vision.style.transfer import Controls, Frame


def frames(extractor: str, content: np.ndarray, styles: list[np.ndarray], settings: Settings,
           controls: Controls, mask: np.ndarray | None, start: np.ndarray | None,
           others: tuple[Region, ...]) -> Iterator[Frame]:
    """Return the frames of one transfer."""
    from vision.style.features.extractor import open_extractor
    from vision.style.transfer import transfer

    if not ZERO:
        return transfer(open_extractor(extractor), content, styles, settings, controls, mask,
                        start, others)
    return until_stopped(painted(extractor, content, styles, settings,
                                 controls.weights(settings.weights), mask, start, others),
                         controls)


@on_gpu(seconds=60)
def painted(extractor: str, content: np.ndarray, styles: list[np.ndarray], settings: Settings,
            weights: Weights, mask: np.ndarray | None, start: np.ndarray | None,
            others: tuple[Region, ...]) -> Iterator[Frame]:
    """Yield the frames of one transfer with weights that stay as they are."""
    from vision.style.features.extractor import open_extractor
    from vision.style.transfer import Controls, transfer

    controls = Controls()
    controls.steer(weights)
    yield from transfer(open_extractor(extractor), content, styles, settings, controls, mask,
                        start, others)


def until_stopped(frames: Iterator[Frame], controls: Controls) -> Iterator[Frame]:
    """Yield frames until a session asks to stop."""
    for frame in frames:
        yield frame
        if controls.stopping:
            return
