"""Whether what stands on a page stays where it is while the page fills."""

from playwright.sync_api import BrowserContext, Page

VISIBLE = 0.001
"""Shifts below are the width of a digit; a row of a table pushed down by a line is ten times as much."""
_OBSERVE = """
window.__moved = []
const place = ({ x, y }) => `${Math.round(x)},${Math.round(y)}`
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue
    const inside = entry.sources
      .map(({ node, previousRect, currentRect }) => ({
        node: node?.nodeType === Node.TEXT_NODE ? node.parentElement : node,
        from: place(previousRect),
        to: place(currentRect)
      }))
      .filter(({ node }) => node?.closest('main'))
    if (inside.length === 0) continue
    window.__moved.push([entry.value, inside.map(({ node, from, to }) => [node.outerHTML.slice(0, 120), from, to])])
  }
}).observe({ type: 'layout-shift', buffered: true })
"""


def watch(desk: BrowserContext) -> None:
    """Every page this desk opens from now on notes what moves in it."""
    desk.add_init_script(_OBSERVE)


def moved(page: Page) -> list[str]:
    """What moved in the page's content since it was opened, with nobody touching it."""
    found = page.evaluate("window.__moved ?? []")
    return [
        f"moved by {value:.4f}: "
        + "; ".join(f"{element} from {before} to {after}" for element, before, after in elements)
        for value, elements in found
        if value >= VISIBLE
    ]
