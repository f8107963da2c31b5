from django.utils.translation import gettext_lazy as _

from scrm.kit import acts


def declare() -> None:
    acts.register(
        export__asked=_("export asked for"),
        export__downloaded=_("export downloaded"),
        import__started=_("import started"),
        import__run=_("import done"),
        import__discarded=_("import discarded"),
        import__cancelled=_("import stopped"),
        import__resumed=_("import resumed"),
        import__downloaded=_("sheet of an import downloaded"),
        import__undo_asked=_("import: undo asked for"),
        import__undone=_("import undone"),
        import__name_matched=_("import: name matched"),
        import__names_kept=_("import: names kept"),
        import__mapping_forgotten=_("import: saved mapping removed"),
        field__created=_("own field added"),
        field__changed=_("own field changed"),
        field__dropped=_("own field without values removed"),
        order__approved=_("order approved"),
        order__cancelled=_("order cancelled"),
        order__entered=_("order entered by hand"),
        order__refunded=_("refund booked"),
        order__rejected=_("order not approved"),
        product__changed=_("product changed"),
        product__created=_("product added"),
        person__created=_("customer added"),
        person__merged=_("customers merged"),
        person__merge_undone=_("merge undone"),
        person__two_people=_("pair told apart"),
        person__archived=_("customer archived"),
        person__brought_back=_("customer brought back"),
        phone__shown=_("full phone number shown"),
        tag__added=_("tag put on customers"),
        tag__removed=_("tag taken off customers"),
    )
