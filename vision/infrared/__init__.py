"""Infrared: devices of a substation found in a thermogram, with masks and temperatures."""

VERBS = {
    "render": "render thermograms with exact masks, boxes, zones and faults",
}
