"""Data sets: which ones are here, and fetching those that may be fetched."""

VERBS = {
    "list": "list the known data sets: present or not, licence, source",
    "download": "fetch a data set into VISION_DATA",
}
