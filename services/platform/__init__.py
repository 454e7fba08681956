"""The ground every service stands on."""
