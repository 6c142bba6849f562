"""The tabs: each folder, or module, that defines `TAB` is one."""
