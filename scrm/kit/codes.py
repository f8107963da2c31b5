"""Codes that nobody can guess: for links, coupons, whatever stands in an address or is typed at a counter."""

import secrets

# Base 58: without 0 O I l, which people mistake for each other.
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def random_code(length: int) -> str:
    """`length` characters of base 58. 7 of them are 2.2 · 10^12 possibilities, 12 are 1.4 · 10^21."""
    return "".join(secrets.choice(ALPHABET) for _place in range(length))


def random_digits(length: int) -> str:
    """For a keypad; the first is no zero, which spreadsheets lose."""
    return str(secrets.choice("123456789")) + "".join(secrets.choice("0123456789") for _place in range(length - 1))


def is_code(text: str, length: int) -> bool:
    return len(text) == length and all(sign in ALPHABET for sign in text)
