"""Every family keeps the promises of its registry; and pictures whose areas are known."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from explorer.registry import Entry
from explorer.spec import Choice, Colour, Knob, Toggle, Value
from explorer.synthesis import FAMILIES, Grid
from explorer.synthesis.drawing import paint

families = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


def draw(family: Entry | str, n: int, **values: Value) -> np.ndarray:
    """The picture of a family, with defaults for the knobs that are not given."""
    entry = FAMILIES[family] if isinstance(family, str) else family
    return entry.function(Grid.of(n), **{**entry.defaults(), **values})


def extremes(knob: Knob, points: int = 2) -> tuple[Value, ...]:
    """The ends of a knob's range, or all that it offers."""
    if isinstance(knob, Choice):
        return knob.options
    if isinstance(knob, Toggle):
        return (False, True)
    if isinstance(knob, Colour):
        return ("#000000", "#ffffff", "#12ab9f")
    return knob.grid(points)


def shrunk(picture: np.ndarray, factor: int) -> np.ndarray:
    """Each factor × factor pixels averaged to one."""
    c, h, w = picture.shape
    blocks = picture.astype(np.float64).reshape(c, h // factor, factor, w // factor, factor)
    return blocks.mean(axis=(2, 4))


def check(picture: np.ndarray, n: int, kind: str) -> None:
    """Shape, type, range, premultiplied alpha, and alpha of 1 if it is a pattern."""
    assert picture.shape == (4, n, n)
    assert picture.dtype == np.float32
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert picture.max() <= 1
    assert (picture[:3] <= picture[3] + 1e-6).all()
    if kind == "pattern":
        assert (picture[3] == 1).all()


def roughness(function: Callable[[int], np.ndarray]) -> float:
    """How far pixels are from the average of what they cover, over how far samples are from it."""
    # 61, so that edges at halves, thirds and eighths do not fall between pixels by chance.
    fine = function(8 * 61)
    truth = shrunk(fine, 8)
    return float(np.abs(function(61) - truth).mean() / np.abs(fine[:, 4::8, 4::8] - truth).mean())


def hard_disc(n: int) -> np.ndarray:
    """A disc as no family may draw one."""
    grid = Grid.of(n)
    inside = np.hypot(grid.x, grid.y) < 0.7
    return paint(grid.empty(), "#ff0000", inside.astype(np.float32))


def test_there_are_many_families():
    """Sixteen at least, of either kind, each with a plain sentence of help."""
    assert len(FAMILIES) >= 16
    assert {family.facts["kind"] for family in FAMILIES} == {"figure", "pattern"}
    assert FAMILIES.names()[0] == "rings"


@families
def test_declaration(family):
    """A sentence of help for the family and each knob, three to five knobs, a seed."""
    assert family.facts["kind"] in ("figure", "pattern")
    assert family.help.endswith(".")
    assert family.help.count(".") == 1
    assert 3 <= len(family.knobs) <= 5
    for name, knob in family.knobs.items():
        assert knob.help.endswith("."), name
    seed = family.knobs["seed"]
    assert (seed.low, seed.high) == (0, 999)


@families
@pytest.mark.parametrize("n", [16, 33, 512])
def test_default_is_a_picture(family, n):
    """The default keeps the contract at any size."""
    check(draw(family, n), n, family.facts["kind"])


@families
def test_extremes_are_pictures(family):
    """Either end of every knob keeps the contract; so do all low, all high and mixtures."""
    kind = family.facts["kind"]
    for name, knob in family.knobs.items():
        for value in extremes(knob):
            check(draw(family, 33, **{name: value}), 33, kind)
    for end in (0, -1):
        check(draw(family, 33, **{k: extremes(v)[end] for k, v in family.knobs.items()}), 33, kind)
    generator = np.random.default_rng(7)
    for _ in range(25):
        values = {
            name: extremes(knob, 5)[int(generator.integers(len(extremes(knob, 5))))]
            for name, knob in family.knobs.items()
        }
        check(draw(family, 16, **values), 16, kind)


@families
def test_kind_is_true(family):
    """A figure leaves its corners and a good part of its square free; a pattern nothing."""
    alpha = draw(family, 64)[3]
    if family.facts["kind"] == "pattern":
        assert (alpha == 1).all()
    else:
        assert alpha[[0, 0, -1, -1], [0, -1, 0, -1]].max() == 0
        assert 0.15 < (alpha == 0).mean() < 0.97


@families
def test_deterministic(family):
    """Same knobs, same bytes, and nothing to do with numpy's global generator."""
    first = draw(family, 48)
    np.random.seed(1)  # noqa: NPY002
    second = draw(family, 48)
    after = np.random.random()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    assert first.tobytes() == second.tobytes()
    assert after == np.random.random()  # noqa: NPY002


@families
@pytest.mark.parametrize("seed", [None, 11])
def test_same_picture_at_any_resolution(family, seed):
    """256 pixels averaged to 64 are close to 64 pixels: 0.015 in the mean, 0.5 anywhere."""
    values = {} if seed is None else {"seed": seed}
    gap = np.abs(shrunk(draw(family, 256, **values), 4) - draw(family, 64, **values))
    assert gap.mean() < 0.015
    assert gap.max() < 0.5


@families
def test_every_knob_counts(family):
    """Some value of each knob changes the picture visibly."""
    default = draw(family, 64)
    for name, knob in family.knobs.items():
        changes = [
            np.abs(draw(family, 64, **{name: value}) - default).mean()
            for value in extremes(knob, 4)
        ]
        assert max(changes) > 0.002, name


@families
def test_seeds_differ(family):
    """Seeds give pictures of their own."""
    pictures = {draw(family, 48, seed=seed).tobytes() for seed in (0, 1, 2, 3, 500, 999)}
    assert len(pictures) >= 5


@families
def test_antialiased(family):
    """A pixel is close to the average of what it covers, unlike a sample of it."""
    assert roughness(lambda n: draw(family, n)) < 0.4


def test_hard_edges_would_be_noticed():
    """The measure of antialiasing tells a hard edge."""
    assert roughness(hard_disc) > 0.9


@pytest.mark.parametrize("squares", [2, 8, 10, 32])
@pytest.mark.parametrize("n", [61, 64])
def test_chessboard_is_half_dark(squares, n):
    """An even number of squares across: half ink, half paper; and the top left light."""
    picture = draw("chessboard", n, squares=squares)
    assert picture[:3].mean() == pytest.approx(0.5, abs=1e-5)
    assert picture[0, 0, 0] > picture[0, 0, -1]


def test_chessboard_square_by_square():
    """Eight squares of eight pixels are what a person would lay."""
    laid = np.indices((8, 8)).sum(axis=0) % 2
    expected = 1 - np.kron(laid, np.ones((8, 8)))
    np.testing.assert_allclose(draw("chessboard", 64)[0], expected, atol=1e-4)


def test_yin_yang_is_fair():
    """Without a rim, dark and light have half of the disc each; half a turn swaps them."""
    picture = draw("yin_yang", 256, rim=0)
    area = math.pi * 0.98**2 / 4
    assert picture[3].mean() == pytest.approx(area, abs=1e-4)
    assert picture[0].mean() == pytest.approx(area / 2, abs=1e-4)
    turned = picture[:, ::-1, ::-1]
    np.testing.assert_allclose(turned[0], picture[3] - picture[0], atol=1e-4)


def test_rings_have_the_area_of_discs():
    """One disc of radius 0.5: alpha is its area, colour that of the disc within the rim."""
    picture = draw("rings", 256, count=1, radius=0.5, rim=0.1)
    assert picture[3].mean() == pytest.approx(math.pi * 0.5**2 / 4, abs=1e-4)
    assert picture[0].mean() == pytest.approx(math.pi * 0.4**2 / 4, abs=1e-4)


def test_blob_without_waves_is_a_disc():
    """Its area is then that of a disc."""
    alpha = draw("blob", 128, waviness=0, radius=0.6)[3]
    assert alpha.mean() == pytest.approx(math.pi * 0.6**2 / 4, abs=2e-4)


@pytest.mark.parametrize("n", [50, 61])
def test_squares_and_dots_cover_their_share(n):
    """Squares cover size² of the picture; dots π/4 size²: they touch along the diagonal."""
    assert 1 - draw("squares", n, size=0.62)[0].mean() == pytest.approx(0.62**2, abs=1e-5)
    share = 1 - draw("dots", 4 * n, count=4, size=0.8)[0].mean()
    assert share == pytest.approx(math.pi / 4 * 0.8**2, abs=2e-3)


def test_honeycomb_cells_have_their_share():
    """Walls of 0.2 leave cells of 0.8 the width, so 0.64 of the area."""
    assert draw("honeycomb", 256, cells=20, wall=0.2)[0].mean() == pytest.approx(0.64, abs=0.01)


def test_colour_stripes_are_thirds():
    """Red, green and blue, each a third, the pixels between them in proportion."""
    picture = draw("colour_stripes", 64)
    np.testing.assert_allclose(picture[:3].mean(axis=(1, 2)), 1 / 3, atol=1e-6)
    np.testing.assert_allclose(picture[:3, 5, 10], (1, 0, 0), atol=1e-6)
    np.testing.assert_allclose(picture[:3, 5, 21], (1 / 3, 2 / 3, 0), atol=1e-5)
    assert (picture[:, :, :] == picture[:, :1, :]).all()


@pytest.mark.parametrize("seed", [0, 5])
def test_labyrinth_is_one_tree(seed):
    """All cells are connected, and by one way only: as many openings as cells, less one."""
    cells = 9
    side = 2 * cells + 1
    # With walls as thick as passages, four pixels to each.
    light = draw("labyrinth", 4 * side, cells=cells, wall=0.5, seed=seed)[0]
    passage = light[2::4, 2::4] > 0.5
    assert passage[1::2, 1::2].all()
    assert passage.sum() == 2 * cells**2 - 1
    reached, frontier = {(1, 1)}, [(1, 1)]
    while frontier:
        row, column = frontier.pop()
        for step in ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)):
            if passage[step] and step not in reached:
                reached.add(step)
                frontier.append(step)
    assert len(reached) == passage.sum()


def test_mazes_lines_do_not_break():
    """Where cells meet, an edge goes on by a pixel at most; a break would be a step of 1."""
    picture = draw("maze", 480, cells=6, lanes=2)[0]
    for border in range(80, 480, 80):
        assert np.abs(picture[:, border - 1] - picture[:, border]).max() < 0.6


def test_symmetries():
    """A spiral of even rays is its own half turn; diamonds and butterflies mirror themselves."""
    spiral = draw("spiral", 96, rays=18)
    np.testing.assert_allclose(spiral[:, ::-1, ::-1], spiral, atol=2e-3)
    diamonds = draw("diamonds", 96)
    np.testing.assert_allclose(diamonds[:, :, ::-1], diamonds, atol=2e-3)
    np.testing.assert_allclose(diamonds.transpose(0, 2, 1), diamonds, atol=2e-3)
    butterfly = draw("butterfly", 96)
    np.testing.assert_allclose(butterfly[:, :, ::-1], butterfly, atol=2e-3)


def test_mosaic_has_no_seams():
    """Between yellow triangles there is only yellow."""
    for seed in range(5):
        picture = draw("mosaic", 96, palette="yellow", contrast=0, disorder=1, seed=seed)
        assert picture[0].min() > 0.999
        assert picture[1].min() > 0.82


def test_items_are_what_is_asked_for():
    """A lone heart is red and stands upright: alike on both sides but for its glint."""
    heart = draw("items", 96, thing="heart", count=1, size=1)
    assert heart[0].sum() > 3 * heart[2].sum()
    np.testing.assert_allclose(heart[3, :, ::-1], heart[3], atol=1e-3)
    assert heart[3, 30].sum() > heart[3, 80].sum()


def test_static_covers_the_range():
    """Draws are uniform: mean 1/2 and standard deviation √(1/12), scaled by the contrast."""
    for contrast in (1, 0.25):
        tones = draw("static", 128, cells=64, contrast=contrast)[:3]
        assert tones.mean() == pytest.approx(0.5, abs=0.01)
        assert tones.std() == pytest.approx(contrast / math.sqrt(12), rel=0.03)
