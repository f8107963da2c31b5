"""Small models in and out as sheets, by django-import-export: tags, products, channels; at most 5,000 rows. Customers,
orders and what else is long have services of their own (`importing`, `ordering`, `exporting`)."""
