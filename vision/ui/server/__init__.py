"""What stands between the network and the page: limits, headers, compression, the end."""
