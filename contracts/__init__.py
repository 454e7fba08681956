"""Contracts: the only thing services share. Pydantic and the standard library, nothing else."""
