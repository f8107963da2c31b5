"""推广, an employee's own page, made for a phone: links, QR codes, posters and words to pass on."""
