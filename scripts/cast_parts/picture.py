"""How does a recording become a picture? One SVG that moves by itself: a strip of screens, each shown for its time.

A row that stands on many screens is written once. Whoever wants no motion sees one screen.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from terminal import Cell, Frame

WIDTH, HEIGHT, SIZE = 8.4, 18, 14
"""Of a character, and of its font, in pixels."""
MARGIN = 12
LONGEST = 2.6
"""Seconds that a screen stands at most: what a busy machine takes longer for is not shown."""
SHORTEST = 0.04
COLOURS = {
    "default": "",
    "text": "#e0e2ea",
    "ground": "#14161b",
    "black": "#07080d",
    "red": "#ffc0b9",
    "green": "#b3f6c0",
    "brown": "#fce094",
    "blue": "#a6dbff",
    "magenta": "#ffcaff",
    "cyan": "#8cf8f7",
    "white": "#eef1f8",
}


def picture(frames: Sequence[Frame], still: Frame) -> str:
    """The SVG; `still` is the screen for those who want no motion."""
    shown = _paced(frames)
    columns, rows = len(frames[0].rows[0]), len(frames[0].rows)
    width, height = columns * WIDTH, rows * HEIGHT
    names: dict[tuple[Cell, ...], str] = {}
    strip: list[str] = []
    for number, (_, frame) in enumerate(shown):
        uses = "".join(
            f'<use href="#{names.setdefault(row, f"r{len(names)}")}" y="{at * HEIGHT}"/>'
            for at, row in enumerate(frame.rows)
            if any(cell.text != " " or cell.ground != "default" for cell in row)
        )
        strip.append(f'<g transform="translate({number * width:g})">{uses}</g>')
    seconds = sum(time for time, _ in shown)
    full_width, full_height = width + 2 * MARGIN, height + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full_width:g} {full_height}" width="{full_width:g}">'
        f"<style>{_style(shown, seconds, width, [frame for _, frame in shown].index(still))}</style>"
        f"<defs>{''.join(_row(row, name) for row, name in names.items())}</defs>"
        f'<rect width="100%" height="100%" rx="8" fill="{COLOURS["ground"]}"/>'
        f'<svg x="{MARGIN}" y="{MARGIN}" width="{width:g}" height="{height}">'
        f'<g class="s">{"".join(strip)}</g></svg></svg>\n'
    )


def _paced(frames: Sequence[Frame]) -> list[tuple[float, Frame]]:
    """Each screen and the seconds that it is shown; those that nobody would see are left out."""
    ends = [*(frame.seconds for frame in frames[1:]), frames[-1].seconds + LONGEST]
    times = [(min(end - frame.seconds, LONGEST), frame) for frame, end in zip(frames, ends, strict=True)]
    return [(time, frame) for time, frame in times if time >= SHORTEST]


def _style(shown: Sequence[tuple[float, Frame]], seconds: float, width: float, still: int) -> str:
    steps: list[str] = []
    at = 0.0
    for number, (time, _) in enumerate(shown):
        steps.append(f"{100 * at / seconds:.2f}%{{transform:translateX({-number * width:g}px)}}")
        at += time
    return (
        f"text{{font:{SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        f"fill:{COLOURS['text']};white-space:pre}}"
        f"@keyframes s{{{''.join(steps)}}}.s{{animation:s {seconds:.1f}s step-end infinite}}"
        f"@media(prefers-reduced-motion:reduce){{.s{{animation:none;transform:translateX({-still * width:g}px)}}}}"
    )


def _row(row: tuple[Cell, ...], name: str) -> str:
    return f'<g id="{name}">{"".join(_runs(row))}</g>'


def _runs(row: tuple[Cell, ...]) -> Iterator[str]:
    """What stands beside each other and looks alike, as one text over one ground."""
    for (colour, ground, bold, italic), cells in groupby(
        enumerate(row), key=lambda each: (each[1].colour, each[1].ground, each[1].bold, each[1].italic)
    ):
        run = list(cells)
        x, length = run[0][0] * WIDTH, len(run) * WIDTH
        text = "".join(cell.text for _, cell in run)
        if ground != "default":
            yield f'<rect x="{x:g}" width="{length:g}" height="{HEIGHT}" fill="{_hex(ground)}"/>'
        if text.strip():
            bare = text.rstrip()
            fill = f' style="fill:{_hex(colour)}"' if colour != "default" else ""
            looks = (' font-weight="bold"' if bold else "") + (' font-style="italic"' if italic else "")
            yield (
                f'<text x="{x:g}" y="{SIZE}" textLength="{len(bare) * WIDTH:g}" lengthAdjust="spacingAndGlyphs"'
                f"{fill}{looks}>{escape(bare)}</text>"
            )


def _hex(colour: str) -> str:
    return COLOURS.get(colour, f"#{colour}")
