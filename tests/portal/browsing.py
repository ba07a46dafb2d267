"""Pages in a real Chromium: how they are opened, looked at, judged and photographed."""

import json
import shutil
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Browser, Page, Playwright, expect

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NONE_HERE = "no Chromium on this machine (Debian: apt-get install chromium), so no page was opened"
_AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",  # a camera that shows a test picture, a microphone that beeps
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",  # on a machine without a network, browsers find each other all the same
]
# What the page sounds and says, written down: machines without loudspeakers have no voices.
_LISTENING = """
globalThis.heard = { chimes: 0, spoken: [] };
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { heard.chimes += 1; return start.apply(this, at); };
speechSynthesis.speak = (text) => {
  heard.spoken.push({ text: text.text, lang: text.lang });
  document.documentElement.dataset.spoken = heard.spoken.length;
  setTimeout(() => text.onend?.(), 0);
};
"""
SERIOUS = {"serious", "critical"}
expect.set_options(timeout=15_000)  # milliseconds; a page on a busy machine is slow, not wrong


def launch(playwright: Playwright) -> Browser:
    """The browser, as a lobby's screen starts it: sound needs no touch."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)


def new_page(
    browser: Browser, *, scheme: str = "light", size: tuple[int, int] = (1440, 900), locale: str = "en-US"
) -> Page:
    """A tab of its own, which fails the test when the page throws."""
    width, height = size
    shape = {"width": width, "height": height}
    context = browser.new_context(viewport=shape, color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
    context.add_init_script(_LISTENING)
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def heard(page: Page) -> dict[str, Any]:
    """How often the page chimed, and what it said in which language."""
    found: dict[str, Any] = page.evaluate("heard")
    return found


def hear(page: Page, sentences: int) -> None:
    """Wait until the page has said so many sentences."""
    expect(page.locator("html")).to_have_attribute("data-spoken", str(sentences), timeout=20_000)


def complaints(page: Page) -> list[str]:
    """What axe finds serious or worse, each with where."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = json.loads(page.evaluate("axe.run().then((found) => JSON.stringify(found.violations))"))
    return [
        f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'][:3])}"
        for each in found
        if each["impact"] in SERIOUS
    ]


def photograph(page: Page, name: str) -> None:
    """A picture for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
