"""Reads QR codes (ISO/IEC 18004, correction M, bytes) from their modules, as a phone does once it has seen them."""

from collections.abc import Iterator, Sequence

Modules = Sequence[Sequence[bool]]
# By version: correction bytes of a block, and the sizes of the blocks' data.
_BLOCKS = {1: (10, [16]), 3: (26, [44]), 5: (24, [43] * 2), 7: (18, [31] * 4), 9: (22, [36] * 3 + [37] * 2)}
_ALIGNED = {1: [], 3: [6, 22], 5: [6, 30], 7: [6, 22, 38], 9: [6, 26, 46]}
_MASKS = (
    lambda x, y: (x + y) % 2,
    lambda _x, y: y % 2,
    lambda x, _y: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (y // 2 + x // 3) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)


def read(modules: Modules) -> str:
    """The text; AssertionError when the marks or the correction are wrong."""
    version = (len(modules) - 17) // 4
    correction, sizes = _BLOCKS[version]
    stream = list(_bytes(_bits(modules, version, _mask(modules))))
    blocks, checks = _parted(stream, sizes, correction)
    for block, check in zip(blocks, checks, strict=True):
        assert _syndromes([*block, *check], correction) == [0] * correction
    bits = "".join(f"{byte:08b}" for block in blocks for byte in block)
    assert bits.startswith("0100"), "not in bytes"
    length = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * place : 20 + 8 * place], 2) for place in range(length)).decode()


def _mask(modules: Modules) -> int:
    first = [modules[y][8] for y in (0, 1, 2, 3, 4, 5, 7, 8)] + [modules[8][x] for x in (7, 5, 4, 3, 2, 1, 0)]
    said = sum(dark << place for place, dark in enumerate(first)) ^ 0x5412
    assert said >> 13 == 0, "not correction M"
    assert _rest(said, 0x537, 10) == 0, "the marks of the format are wrong"
    return said >> 10


def _rest(value: int, generator: int, degree: int) -> int:
    for place in range(value.bit_length() - 1, degree - 1, -1):
        value ^= (generator << (place - degree)) if value >> place & 1 else 0
    return value


def _bits(modules: Modules, version: int, mask: int) -> Iterator[int]:
    size = len(modules)
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for y in range(size - 1, -1, -1) if upwards else range(size):
            for x in (right, right - 1):
                if not _is_mark(x, y, size, version):
                    yield modules[y][x] ^ (_MASKS[mask](x, y) == 0)
        upwards = not upwards


def _is_mark(x: int, y: int, size: int, version: int) -> bool:
    corner = (x < 9 and y < 9) or (x > size - 9 and y < 9) or (x < 9 and y > size - 9)
    far = version >= 7 and ((x >= size - 11 and y < 6) or (y >= size - 11 and x < 6))
    return (
        corner or far or 6 in (x, y) or any(abs(x - cx) < 3 and abs(y - cy) < 3 for cx, cy in _centres(version, size))
    )


def _centres(version: int, size: int) -> Iterator[tuple[int, int]]:
    places = _ALIGNED[version]
    for cx in places:
        for cy in places:
            if (cx, cy) not in {(6, 6), (6, size - 7), (size - 7, 6)}:
                yield cx, cy


def _bytes(bits: Iterator[int]) -> Iterator[int]:
    kept = list(bits)
    for place in range(0, len(kept) - 7, 8):
        yield int("".join(str(int(bit)) for bit in kept[place : place + 8]), 2)


def _parted(stream: list[int], sizes: list[int], correction: int) -> tuple[list[list[int]], list[list[int]]]:
    blocks: list[list[int]] = [[] for _ in sizes]
    checks: list[list[int]] = [[] for _ in sizes]
    waiting = iter(stream)
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(next(waiting))
    for _ in range(correction):
        for check in checks:
            check.append(next(waiting))
    return blocks, checks


def _syndromes(word: list[int], correction: int) -> list[int]:
    found = []
    for power in range(correction):
        value = 0
        for byte in word:
            value = _times(value, _power(power)) ^ byte
        found.append(value)
    return found


def _power(exponent: int) -> int:
    value = 1
    for _ in range(exponent):
        value = _times(value, 2)
    return value


def _times(one: int, other: int) -> int:
    value = 0
    while other:
        value ^= one if other & 1 else 0
        one = (one << 1) ^ (0x11D if one & 0x80 else 0)
        other >>= 1
    return value
