"""Does the page hold up? Many users at once, then a thousand bad calls: `make soak`."""
