"""What stands between the network and the page: limits, queue, headers, assistants, the end."""
