from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from customers import acts, files, grants, tasks
        from customers.admin import consent_page, erasing_page, looks_told
        from customers.admin.owners import leaving, panel
        from customers.queries import (
            timeline_contacts,
            timeline_imports,
            timeline_purchases,
            timeline_records,
        )
        from customers.services.erasing import own_erasers
        from customers.services.exporting import people, purchases
        from customers.services.exporting.nouns import nouns
        from customers.services.merging import own_movers
        from customers.services.ordering import proofs

        acts.declare()
        grants.declare()
        files.register()
        proofs.register()
        tasks.register()
        own_movers.register()
        panel.register()
        leaving.register()
        timeline_contacts.register()
        timeline_purchases.register()
        timeline_records.register()
        timeline_imports.register()
        own_erasers.register()
        consent_page.register()
        looks_told.register()
        erasing_page.register()
        nouns.register("customers", people.NOUN)
        nouns.register("orders", purchases.NOUN)
