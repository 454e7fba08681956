"""Death certificates at home: hears requests and the census; says who was asked, who came; owns ``certificates_*``."""

from services.certificates.answers import SERVICE

__all__ = ["SERVICE"]
