"""HTML as a tree: what is text can never become a tag. No scripts, nothing from elsewhere."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from typing import Final

Node = ET.Element | str

STYLE: Final = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #1d2327; background: #fff;
  max-width: 76rem; margin: 2.5rem auto 5rem; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; font-weight: 600; margin: 0 0 .2rem; }
h2 { font-size: 1.2rem; font-weight: 600; margin: 3rem 0 .4rem; padding-top: .8rem; border-top: 1px solid #d5dade; }
h3 { font-size: 1rem; font-weight: 600; margin: 1.8rem 0 .3rem; }
p { margin: .3rem 0 .8rem; max-width: 60rem; }
.quiet { color: #5b6770; }
nav { margin: 1.2rem 0; } nav a { margin-right: 1.2rem; }
a { color: #1f5f8b; text-decoration: none; } a:hover { text-decoration: underline; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid #e6eaed; }
thead th { font-weight: 600; color: #5b6770; border-bottom: 1px solid #b9c2c9; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: 12rem 1fr; gap: .25rem 1rem; margin: .8rem 0; }
dt { color: #5b6770; } dd { margin: 0; }
code { font: .85em/1.4 ui-monospace, Consolas, monospace; color: #3b464d; overflow-wrap: anywhere; }
.well { color: #216e39; } .look { color: #8a5a00; } .wrong { color: #a4262c; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } nav { display: none; }
  h2, h3 { break-after: avoid; } tr { break-inside: avoid; } a { color: inherit; } }
"""


def tag(kind: str, /, *children: Node | None, **attributes: str) -> ET.Element:
    """An element with these in it; None is nothing. `class_` stands for class."""
    made = ET.Element(kind, {key.rstrip("_"): value for key, value in attributes.items()})
    for child in children:
        if isinstance(child, ET.Element):
            made.append(child)
        elif child:
            _add_text(made, child)
    return made


def _add_text(parent: ET.Element, words: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + words
    else:
        parent.text = (parent.text or "") + words


def table(headings: Sequence[str], rows: Iterable[Sequence[Node | None]], *, empty: str) -> ET.Element:
    """A table; where there is no row, a sentence that says so."""
    body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    if not body:
        return tag("p", empty, class_="quiet")
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    return tag("table", head, tag("tbody", *body))


def terms(*pairs: tuple[str, Node | None]) -> ET.Element:
    """Names and what they stand for; those without are left out."""
    made = tag("dl")
    for name, value in pairs:
        if value is not None and (isinstance(value, ET.Element) or value):
            made.append(tag("dt", name))
            made.append(tag("dd", value))
    return made


def marked(words: str, how: str) -> ET.Element:
    """Words in the colour of `well`, `look` or `wrong`; the words alone say it, too."""
    return tag("span", words, class_=how)


def document(title: str, *content: Node) -> bytes:
    """A whole page."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", STYLE),
    )
    page = tag("html", head, tag("body", *content), lang="en-SG")
    return b"<!doctype html>\n" + ET.tostring(page, encoding="unicode", method="html").encode() + b"\n"
