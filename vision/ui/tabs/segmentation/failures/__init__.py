"""Where a model fails: the pictures of a set, worst first."""
