"""Data sets: which ones are here, and fetching those that may be fetched."""

VERBS = {  # by name: the module below this one, and what it does
    "list": ("list", "list the known data sets: present or not, licence, source"),
    "download": ("download", "fetch a data set into VISION_DATA"),
}
