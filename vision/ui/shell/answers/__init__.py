"""Answers that are kept and shared: what many ask alike is computed once."""
