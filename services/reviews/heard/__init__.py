"""How each fact is laid over what was known: pure functions, one module a domain. ``hear`` registers them."""
