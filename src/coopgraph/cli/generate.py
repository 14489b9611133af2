"""``coopgraph generate``: data of any size that looks like ours."""

from __future__ import annotations

from typing import TextIO

import click

from coopgraph.dataset.generator import generate as lines


@click.command()
@click.option("--triples", type=click.IntRange(min=1), required=True, metavar="N", help="How many triples, exactly.")
@click.option(
    "-o",
    "--output",
    type=click.File("w", encoding="utf-8", lazy=True),
    default="-",
    metavar="FILE",
    help="Write into this file instead of standard output.",
)
def generate(triples: int, output: TextIO) -> None:
    """Write invented data of any size that looks like ours, as N-Triples; the same bytes for the same size.

    Example: coopgraph generate --triples 1000000 -o million.nt && coopgraph serve --dataset million.nt
    """
    output.writelines(lines(triples))
