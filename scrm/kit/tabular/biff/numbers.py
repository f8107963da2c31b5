"""Numbers as both binary formats pack them."""

import struct


def unpack_rk(packed: int) -> int | float:
    """Thirty bits of an integer or of the upper half of a double, perhaps hundredths."""
    value: int | float
    if packed & 2:
        value = (packed >> 2) - (1 << 30 if packed & 0x80000000 else 0)
        if packed & 1:
            return value // 100 if value % 100 == 0 else value / 100
        return value
    (value,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return value / 100 if packed & 1 else value
