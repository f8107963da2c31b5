"""What we do with them and what it brought. Built by a later issue."""
