"""The page of a professional, behind a personal link: one minute between two patients, on a phone."""
