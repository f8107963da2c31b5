from pathlib import Path
from typing import Any

import pytest

from scrm.kit import files, id_files


@pytest.fixture(autouse=True)
def private(tmp_path: Path, settings: Any) -> None:
    settings.PRIVATE_DIR = tmp_path


def test_what_was_written_is_read_in_slices():
    path, count = id_files.write("ids", iter(range(5, 25_005)))
    assert count == 25_000
    assert id_files.read(path, 0, 3) == [5, 6, 7]
    assert id_files.read(path, 24_998, 10) == [25_003, 25_004]
    assert id_files.read(path, 25_000, 10) == []


def test_large_keys_stay_exact():
    path, _count = id_files.write("ids", [2**62, 1])
    assert id_files.read(path, 0, 2) == [2**62, 1]


def test_nothing_is_an_empty_file():
    path, count = id_files.write("ids", [])
    assert (count, id_files.read(path, 0, 10)) == (0, [])


def test_a_file_that_is_gone_is_the_end_only_for_who_read_of_it():
    path, _count = id_files.write("ids", [1, 2])
    files.remove(path)
    assert id_files.read(path, 2, 10) == []
    with pytest.raises(FileNotFoundError):
        id_files.read(path, 0, 10)
