"""A thermogram: grey levels with a scale of temperatures, and the files that it comes in."""
