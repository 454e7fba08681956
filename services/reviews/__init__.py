"""Reviews (RETEX): hears what happens in a crisis; says reviews and improvements; owns ``reviews_*``.

The facts of a review write themselves from projections by crisis; people add what worked, what lacked, and what
will be done better.
"""

from services.reviews import answers, document
from services.reviews.handlers import SERVICE

__all__ = ["SERVICE", "answers", "document"]
