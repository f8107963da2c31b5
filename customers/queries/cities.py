"""Cities that customers live in, for the filter of the list."""

from django.db import connection

from scrm.kit import phones

MOST = 200

# From one city to the next by one probe of the index each: a million people are not read for a hundred names.
_CITIES = """
WITH RECURSIVE found(city) AS (
    SELECT min(city) FROM customers_customer WHERE city <> ''
    UNION ALL
    SELECT (SELECT min(c.city) FROM customers_customer c WHERE c.city <> '' AND c.city > found.city) FROM found
    WHERE found.city IS NOT NULL
)
SELECT city FROM found WHERE city IS NOT NULL LIMIT {limit}
"""


def known() -> list[str]:
    """As they are written, at most MOST, in the order of the database; none that somebody wrote a number into."""
    with connection.cursor() as cursor:
        cursor.execute(_CITIES.format(limit=MOST))
        return [city for (city,) in cursor.fetchall() if phones.mask_in_text(city) == city]
