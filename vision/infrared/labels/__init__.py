"""Labels of devices: the formats they are written in, masks as runs, and one's own pictures."""
