"""Small models of campaigns in and out as sheets (django-import-export)."""
