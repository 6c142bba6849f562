"""Studies beside the detector: few labels, masks that were never taught, the classical baseline."""
