"""Sheets of being in touch: appointments of booking systems, follow-ups of WeCom and of older programs. A row is one."""
