"""Data sets and public networks: which are here, how they are read, and fetching them."""

VERBS = {  # by name: the module below this one, and what it does
    "list": ("list", "list the known data sets and networks: present or not, licence, source"),
    "download": ("download", "fetch a data set or a public network into VISION_DATA"),
}
