"""Words of the libraries whose pages we show, where they bring no Chinese themselves (unfold ships no catalogue).

Nothing imports this: makemessages reads it, so that the catalogues in locale/ keep these words. The texts are
the libraries' own, to the letter; .ci/catalogues.py tells which ones a new version adds.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

UNFOLD = [
    gettext_noop("Add new item"),
    gettext_noop("Add row"),
    gettext_noop("After you've created a user, you’ll be able to edit more user options."),
    gettext_noop("All applications"),
    gettext_noop("Apply Filters"),
    gettext_noop(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of the following related items will be deleted:'
    ),
    gettext_noop("Available shortcuts"),
    gettext_noop("Bold"),
    gettext_noop("Changelist shortcuts"),
    gettext_noop("Changes"),
    gettext_noop("Choose a date from the list below to revert to a previous version of this object"),
    gettext_noop("Choose file to upload"),
    gettext_noop("Click to cancel"),
    gettext_noop("Click to download"),
    gettext_noop("Code"),
    gettext_noop("Command tool shortcuts"),
    gettext_noop("Create new record"),
    gettext_noop("Dark"),
    gettext_noop("Dataset not found. No action performed."),
    gettext_noop("Date"),
    gettext_noop("Date from"),
    gettext_noop("Date to"),
    gettext_noop(
        "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following protected related objects:"
    ),
    gettext_noop(
        "Deleting the %(object_name)s '%(escaped_object)s' would result in deleting related objects, but your account doesn't have permission to delete the following types of objects:"
    ),
    gettext_noop("Enter an URL"),
    ngettext_lazy(
        "\n                    Export %(len)s selected item.\n                ",
        "\n                    Export %(len)s selected items.\n                ",
    ),
    gettext_noop("False"),
    gettext_noop("Field"),
    gettext_noop(
        'Field <strong class="font-semibold">{field_name}</strong> is not an autocomplete field. Please add it to the `autocomplete_fields` list.'
    ),
    gettext_noop("Forgotten your password or username?"),
    ngettext_lazy(
        '\n            Found <span class="font-medium text-important">%(counter)s</span> result in %(time)s seconds\n        ',
        '\n            Found <span class="font-medium text-important">%(counter)s</span> results in %(time)s seconds\n        ',
    ),
    gettext_noop("From"),
    gettext_noop("General"),
    gettext_noop("Global shortcuts"),
    gettext_noop("Go back"),
    gettext_noop("Heading"),
    gettext_noop("Image preview"),
    gettext_noop("Indent decrease"),
    gettext_noop("Indent increase"),
    gettext_noop("Italic"),
    gettext_noop("Light"),
    gettext_noop("Link"),
    gettext_noop("Navigate"),
    gettext_noop("New value"),
    gettext_noop("Next"),
    gettext_noop("No data"),
    gettext_noop("No results found"),
    gettext_noop("Not enough data."),
    gettext_noop("Nothing matched your search"),
    gettext_noop("Old value"),
    gettext_noop("Open command tool"),
    gettext_noop("Open selection"),
    gettext_noop("Open selection in new tab"),
    gettext_noop("Open shortcuts list"),
    gettext_noop("Ordered list"),
    gettext_noop("Paragraph"),
    gettext_noop("Quote"),
    gettext_noop(
        'Raw passwords are not stored, so there is no way to see this user’s password, but you can change the password using <a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
    ),
    gettext_noop("Recent searches"),
    gettext_noop("Record picture"),
    gettext_noop("Redo"),
    gettext_noop("Run the selected action"),
    gettext_noop("Search apps and models..."),
    gettext_noop("Select"),
    gettext_noop("Select action to run"),
    gettext_noop("Select currency"),
    gettext_noop("Select format"),
    gettext_noop("Select record"),
    gettext_noop("Select value"),
    gettext_noop("Strike"),
    gettext_noop("System"),
    gettext_noop("This exporter will export the following fields"),
    gettext_noop("This item will be deleted."),
    gettext_noop("This page yielded into no results."),
    gettext_noop("To"),
    gettext_noop("Toggle dark/light mode"),
    gettext_noop("Toggle filter"),
    gettext_noop("Toggle password visibility"),
    gettext_noop("Toggle sidebar"),
    gettext_noop("True"),
    gettext_noop("Type to search"),
    gettext_noop("Underlined"),
    gettext_noop("Undo"),
    gettext_noop("Unlink"),
    gettext_noop("Unordered list"),
    gettext_noop("Value"),
    gettext_noop("View traceback"),
    gettext_noop("You can not create nested object without parent"),
    gettext_noop("You have been successfully logged out from the administration"),
]

IMPORT_EXPORT = [
    gettext_noop(
        "%(exc_name)s encountered while trying to read file. Ensure you have chosen the correct format for the file."
    ),
    ngettext_lazy("Export %(len)s selected item.", "Export %(len)s selected items."),
    gettext_noop("export failed due to IllegalCharacterError"),
    gettext_noop("No valid data to import. Ensure your file has the correct headers or data for import."),
    gettext_noop("Resource"),
    gettext_noop("Select all"),
    gettext_noop('Select at least 1 field for "%(resource_name)s" to export'),
    gettext_noop(
        "The following fields are declared in 'import_id_fields' but are not present in the file headers: %s"
    ),
    gettext_noop(
        "The following fields are declared in 'import_id_fields' but are not present in the resource fields: %s"
    ),
    gettext_noop("Value could not be parsed."),
]

SIMPLE_HISTORY = [
    gettext_noop("Deleted %(type_name)s"),
]
