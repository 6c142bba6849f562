"""Channels that can only go together, in any network: found, chosen, cut."""
