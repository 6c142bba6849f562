"""The zones of a device: a head that finds them in its box."""
