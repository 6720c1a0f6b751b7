"""The bounded cache: against a plain list as its model, then each promise by itself."""

from __future__ import annotations

import random

import pytest

from explorer.cache import Cache


def fill(cache: Cache, *keys: str, size: int = 1) -> None:
    for key in keys:
        assert cache.get(key, lambda key=key: key.upper(), lambda _: size) == key.upper()


def test_a_value_is_made_once() -> None:
    cache, made = Cache(10), []

    def make() -> list[int]:
        made.append(1)
        return made

    first = cache.get("a", make, len)
    assert cache.get("a", make, len) is first
    assert made == [1] and cache.misses == 1 and cache.bytes == 1 and len(cache) == 1


def test_the_least_recently_used_goes_first() -> None:
    cache = Cache(3)
    fill(cache, "a", "b", "c", "a", "d")
    assert [key in cache for key in "abcd"] == [True, False, True, True]
    fill(cache, "c", "e")
    assert [key in cache for key in "abcde"] == [False, False, True, True, True]
    assert cache.misses == 5


def test_with_room_for_none_the_last_goes_before_the_next_is_made() -> None:
    cache = Cache(0)
    fill(cache, "a")
    assert "a" in cache
    assert cache.get("b", lambda: len(cache), lambda _: 7) == 0
    assert cache.get("b", lambda: 1, lambda _: 7) == 0
    assert "a" not in cache and cache.bytes == 7


def test_as_many_go_as_the_newest_needs_and_no_more() -> None:
    cache = Cache(6)
    fill(cache, *"abcdef")
    fill(cache, "g", size=3)
    assert [key in cache for key in "abcdefg"] == [False] * 3 + [True] * 4
    assert cache.bytes == 6


def test_exactly_full_keeps_all() -> None:
    cache = Cache(4)
    fill(cache, "a", "b", size=2)
    assert len(cache) == 2 and cache.bytes == 4


@pytest.mark.parametrize("limit", [0, 5])
def test_the_newest_is_always_kept(limit: int) -> None:
    cache = Cache(limit)
    fill(cache, "a", "b")
    fill(cache, "big", size=100)
    assert "big" in cache and len(cache) == 1 and cache.bytes == 100
    fill(cache, "small")
    assert "small" in cache and len(cache) == 1 and cache.bytes == 1


def test_what_could_not_be_made_is_not_kept() -> None:
    cache = Cache(9)
    with pytest.raises(ZeroDivisionError):
        cache.get("a", lambda: 1 // 0, lambda _: 1)
    assert "a" not in cache and len(cache) == 0 and cache.bytes == 0
    fill(cache, "a")
    assert cache.misses == 2


def test_none_is_a_value_like_another() -> None:
    cache = Cache(9)
    assert cache.get("a", lambda: None, lambda _: 1) is None
    assert cache.get("a", lambda: 1 // 0, lambda _: 1) is None


def test_clear_forgets_everything() -> None:
    cache = Cache(9)
    fill(cache, "a", "b")
    cache.clear()
    assert len(cache) == 0 and cache.bytes == 0 and "a" not in cache
    fill(cache, "a")
    assert cache.misses == 3


@pytest.mark.parametrize("seed", range(5))
def test_it_does_what_a_plain_list_would(seed: int) -> None:
    source = random.Random(seed)
    sizes = [source.choice((0, 1, 2, 5, 9, 30)) for _ in range(12)]
    cache, misses = Cache(20), 0
    model: list[int] = []
    for _ in range(500):
        key = source.randrange(len(sizes))
        assert cache.get(key, lambda key=key: key, sizes.__getitem__) == key
        if key in model:
            model.remove(key)
        else:
            misses += 1
        model.append(key)
        while sum(sizes[k] for k in model) > 20 and len(model) > 1:
            model.pop(0)
        assert [k for k in range(len(sizes)) if k in cache] == sorted(model)
        assert cache.bytes == sum(sizes[k] for k in model) and cache.misses == misses
        assert cache.bytes <= 20 or len(cache) == 1
