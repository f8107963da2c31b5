from scrm.kit import codes


def test_a_code_has_no_letters_that_look_alike():
    assert len(codes.ALPHABET) == len(set(codes.ALPHABET)) == 58
    assert not set("0OIl") & set(codes.ALPHABET)


def test_codes_have_their_length_and_do_not_repeat():
    made = {codes.random_code(7) for _ in range(2_000)}
    assert len(made) == 2_000
    assert all(codes.is_code(code, 7) for code in made)
    assert not codes.is_code("abc0def", 7)
    assert not codes.is_code("abcdef", 7)


def test_digits_never_begin_with_a_zero():
    made = [codes.random_digits(8) for _ in range(500)]
    assert {len(one) for one in made} == {8}
    assert all(one.isdigit() and one[0] != "0" for one in made)
