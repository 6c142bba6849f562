"""Where devices are looked for: in this process, or in ZeroGPU's fork."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vision.ui.shell.zero_gpu import on_gpu
from vision.ui.tabs.infrared.shared import MODELS, open_zones

if TYPE_CHECKING:
    from vision.infrared.inspection.result import Result
    from vision.infrared.predict import Settings
    from vision.infrared.thermogram.thermogram import Thermogram


def devices(model: str | None, own: str | None, thermogram: Thermogram, settings: Settings
            ) -> Result:
    """Return the devices of a thermogram; what is opened here, a fork finds open."""
    MODELS.open(model, own)
    open_zones()
    return found(model, own, thermogram, settings)


@on_gpu(seconds=15)
def found(model: str | None, own: str | None, thermogram: Thermogram, settings: Settings
          ) -> Result:
    """Return the devices of a thermogram, looked for on the best device there is."""
    from vision.gpu_fallback import on_best_device
    from vision.infrared.predict import predict

    detector, zones = MODELS.open(model, own), open_zones()
    for opened in (detector, zones):
        if opened:
            on_best_device(opened.module)
    return predict(detector, thermogram, settings, zones)
