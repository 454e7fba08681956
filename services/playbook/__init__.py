"""The plan language: what a YAML plan may say, how it is read, and its pure rules. A library, no service."""
