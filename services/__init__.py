"""Tocsin services: one package each, one shape for all of them."""
