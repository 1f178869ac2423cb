"""Small networks laid out, kept to the pixel: where each block stands, and through which points each way runs."""

from textwrap import dedent

import pytest

from app.views.network.modules.analysis import layered_layout
from app.views.network.modules.analysis.layered_layout import Block, Layered, Link, Point, layered

FOREVER = float("inf")


def network(described: str) -> tuple[dict[str, Block], list[Link]]:
    """Blocks as ``a 40×20`` (``a in`` and ``a out``: ports), and links as ``a→bc`` from middle to middle."""
    blocks: dict[str, Block] = {}
    links: list[Link] = []
    for part in described.split(", "):
        if "→" in part:
            source, targets = part.split("→")
            middle = blocks[source].height / 2
            names = list(blocks)
            links += [
                Link(names.index(source), names.index(each), middle, blocks[each].height / 2, source)
                for each in targets
            ]
        else:
            name, size = part.split()
            width, height = (0, 0) if size in ("in", "out") else map(int, size.split("×"))
            blocks[name] = Block(width, height, is_in=size == "in", is_out=size == "out")
    return blocks, links


def told(names: list[str], links: list[Link], made: Layered) -> str:
    """The whole size; where blocks stand; a line for each stretch: whose, to whom, and its points."""

    def point(at: Point) -> str:
        return ",".join(f"{each:g}" for each in at)

    lines = [
        f"{made.width:g} × {made.height:g}",
        "  ".join(f"{name} {point(at)}" for name, at in zip(names, made.places, strict=True)),
    ]
    for way in made.ways:
        source = names[links[min(way.links)].source]
        targets = "".join(names[links[number].target] for number in sorted(way.links))
        lines.append(f"{source}→{targets} {' '.join(map(point, way.points))}")
    return "\n".join(lines)


def check(described: str, widest: float, expected: str) -> None:
    blocks, links = network(described)
    made = layered(list(blocks.values()), links, widest)
    assert told(list(blocks), links, made) == dedent(expected).strip()


def test_that_a_way_past_two_blocks_lies_below_them() -> None:
    check(
        "a 40×20, b 60×30, c 50×40, d 30×20, a→bd, b→c, c→d",
        FOREVER,
        """
        270 × 68
        a 0,11.7818  b 70,5.58824  c 160,0  d 240,11.3548
        a→b 40,21.7818 40,21.7818 70,20.5882 70,20.5882
        a→d 40,21.7818 40,21.7818 70,57.5882 70,57.5882 130,57.5882
        a→d 130,57.5882 130,57.5882 160,62 160,62 210,62
        a→d 210,62 210,62 240,21.3548 240,21.3548
        b→c 130,20.5882 130,20.5882 160,20 160,20
        c→d 210,20 210,20 240,21.3548 240,21.3548
        """,
    )


def test_that_what_passes_a_row_goes_around_beside_what_goes_on_from_it() -> None:
    check(
        "i in, a 40×20, b 60×30, c 50×40, d 30×20, e 44×24, f 60×20, o out, i→a, a→bd, b→cf, c→d, d→e, e→f, f→o",
        170,
        """
        218 × 363
        i 0,10  a 50,0  b 20,61  c 20,167  d 100,178.355  e 20,311  f 94,314.097  o 218,324.097
        i→a 0,10 20,10 50,10 50,10
        a→b 90,10 194,10 194,44 10,44 10,76 20,76
        a→d 90,10 201,10 201,37 6.5,37 6.5,113 20,113 80,113
        a→d 80,113 194,113 194,150 10,150 10,229 20,229 70,229
        a→d 70,229 70,229 100,188.355 100,188.355
        b→c 80,76 201,76 201,143 6.5,143 6.5,187 20,187
        b→f 80,76 208,76 208,136 3,136 3,257 20,257 70,257
        b→f 70,257 70,257 100,257 100,257 130,257
        b→f 130,257 194,257 194,294 10,294 10,357 20,357 64,357
        b→f 64,357 64,357 94,324.097 94,324.097
        c→d 70,187 70,187 100,188.355 100,188.355
        d→e 130,188.355 201,188.355 201,287 6.5,287 6.5,323 20,323
        e→f 64,323 64,323 94,324.097 94,324.097
        f→o 154,324.097 154,324.097 184,324.097 218,324.097
        """,
    )


def test_that_what_reads_nothing_stands_right_before_its_reader_and_what_nothing_reads_at_the_left() -> None:
    check(
        "i in, a 40×20, b 40×20, c 30×30, k 20×50, m 20×20, o out, i→a, a→b, b→c, k→c, c→o",
        FOREVER,
        """
        230 × 86
        i 0,10  a 30,0  b 100,0  c 170,20.5  k 110,36  m 40,36.0027  o 230,35.5
        i→a 0,10 0,10 30,10 30,10
        a→b 70,10 70,10 100,10 100,10
        b→c 140,10 140,10 170,35.5 170,35.5
        k→c 130,61 140,61 170,35.5 170,35.5
        c→o 200,35.5 200,35.5 230,35.5 230,35.5
        """,
    )


def test_that_of_many_ways_each_bends_between_ranks_alone() -> None:
    check(
        "a 20×20, b 20×20, c 20×20, d 20×60, e 20×20, f 20×20, g 20×20, h 20×30, j 20×20, "
        "a→fg, b→df, c→ed, d→hg, e→h, f→hj, g→j",
        FOREVER,
        """
        170 × 160
        a 0,45.2715  b 0,81.2715  c 0,117.272  d 50,28  e 50,140  f 50,104  g 100,33.2623  h 100,97.2623  j 150,34.2946
        a→f 20,55.2715 20,55.2715 50,114 50,114
        a→g 20,55.2715 20,55.2715 50,6 50,6 70,6
        a→g 70,6 70,6 100,43.2623 100,43.2623
        b→d 20,91.2715 20,91.2715 50,58 50,58
        b→f 20,91.2715 20,91.2715 50,114 50,114
        c→e 20,127.272 20,127.272 50,150 50,150
        c→d 20,127.272 20,127.272 50,58 50,58
        d→h 70,58 70,58 100,112.262 100,112.262
        d→g 70,58 70,58 100,43.2623 100,43.2623
        e→h 70,150 70,150 100,112.262 100,112.262
        f→h 70,114 70,114 100,112.262 100,112.262
        f→j 70,114 70,114 100,75.2623 100,75.2623 120,75.2623
        f→j 120,75.2623 120,75.2623 150,44.2946 150,44.2946
        g→j 120,43.2623 120,43.2623 150,44.2946 150,44.2946
        """,
    )


def test_that_tall_blocks_pull_by_no_more_than_a_step() -> None:
    check(
        "a 20×400, b 20×20, c 20×500, d 20×20, a→bd, b→c, c→d",
        FOREVER,
        """
        170 × 528
        a 0,50.5731  b 50,109.412  c 100,0  d 150,74.5806
        a→b 20,250.573 20,250.573 50,119.412 50,119.412
        a→d 20,250.573 20,250.573 50,151.412 50,151.412 70,151.412
        a→d 70,151.412 70,151.412 100,522 100,522 120,522
        a→d 120,522 120,522 150,84.5806 150,84.5806
        b→c 70,119.412 70,119.412 100,250 100,250
        c→d 120,250 120,250 150,84.5806 150,84.5806
        """,
    )


def test_that_ports_stand_on_both_borders_of_several_rows() -> None:
    check(
        "i in, j in, a 40×20, b 60×30, c 50×40, o out, p out, i→ac, j→b, a→bo, b→c, c→p",
        150,
        """
        141 × 340
        i 0,11.0323  j 0,70  a 50,0  b 20,131  c 20,272  o 141,334  p 141,292
        i→a 0,11.0323 20,11.0323 50,10 50,10
        i→c 0,11.0323 20,11.0323 50,42 50,42 90,42
        i→c 90,42 110,42 110,114 10,114 10,183 20,183 80,183
        i→c 80,183 110,183 110,255 10,255 10,292 20,292
        j→b 0,70 20,70 50,70 50,70 90,70
        j→b 90,70 117,70 117,107 6.5,107 6.5,146 20,146
        a→b 90,10 124,10 124,100 3,100 3,146 20,146
        a→o 90,10 131,10 131,93 2,93 2,211 20,211 80,211
        a→o 80,211 117,211 117,248 6.5,248 6.5,334 20,334 70,334
        a→o 70,334 70,334 100,334 141,334
        b→c 80,146 124,146 124,241 3,241 3,292 20,292
        c→p 70,292 70,292 100,292 141,292
        """,
    )


def test_that_two_rows_have_room_beside_them_for_what_goes_on_from_the_first() -> None:
    check(
        "a 20×20, b 20×40, c 90×30, a→c, b→c",
        120,
        """
        144 × 154
        a 20,0  b 20,36  c 20,124
        a→c 40,10 120,10 120,107 10,107 10,139 20,139
        b→c 40,56 127,56 127,100 6.5,100 6.5,139 20,139
        """,
    )


def test_that_what_goes_too_far_runs_straight_across_and_pulls_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layered_layout, "MOST_PASSING", 2)
    check(
        "a 40×90, b 40×90, c 30×30, d 20×20, e 20×60, a→de, b→de, c→e, d→e",
        FOREVER,
        """
        150 × 202.795
        a 0,6.79549  b 0,112.795  c 70,0  d 75,94.7955  e 130,29.7683
        a→d 40,51.7955 40,51.7955 70,104.795 75,104.795
        a→e 40,51.7955 40,51.7955 70,52 70,52 100,52
        a→e 100,52 100,52 130,59.7683 130,59.7683
        b→d 40,157.795 40,157.795 70,104.795 75,104.795
        b→e 40,157.795 130,59.7683
        c→e 100,15 100,15 130,59.7683 130,59.7683
        d→e 95,104.795 100,104.795 130,59.7683 130,59.7683
        """,
    )


SOME = "a 40×60, b 20×60, c 20×20, d 40×20, e 40×90, a→be, b→d, c→e, d→e"


def test_that_places_are_those_after_some_sweeps() -> None:
    check(
        SOME,
        FOREVER,
        """
        230 × 119.852
        a 0,33.5291  b 70,31.8517  c 130,15.8525  d 120,51.8525  e 190,0
        a→b 40,63.5291 40,63.5291 70,61.8517 70,61.8517
        a→e 40,63.5291 40,63.5291 70,113.852 70,113.852 90,113.852
        a→e 90,113.852 90,113.852 120,113.852 120,113.852 160,113.852
        a→e 160,113.852 160,113.852 190,45 190,45
        b→d 90,61.8517 90,61.8517 120,61.8525 120,61.8525
        c→e 150,25.8525 160,25.8525 190,45 190,45
        d→e 160,61.8525 160,61.8525 190,45 190,45
        """,
    )


@pytest.mark.parametrize(("n_more", "is_same"), [(1_000 - 7, True), (1_001 - 7, False)])
def test_that_beyond_a_thousand_blocks_and_lanes_fewer_sweeps_are_made(n_more: int, is_same: bool) -> None:
    blocks, links = network(SOME)
    few = [y for _, y in layered(list(blocks.values()), links, FOREVER).places]
    made = layered([*blocks.values(), *[Block(20, 20)] * n_more], links, FOREVER)
    assert ([y for _, y in made.places[: len(few)]] == pytest.approx(few, abs=1e-6)) is is_same


def test_that_ports_alone_stand_at_the_border() -> None:
    assert layered([Block(0, 0, is_out=True)] * 2, [], FOREVER) == Layered(0, 16, ((0, 0), (0, 16)), ())
