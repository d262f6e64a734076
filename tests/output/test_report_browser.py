"""The report in a real browser without a network: it can be used, read, printed, and does no harm."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from helpers.handout_sample import HANDOUTS
from helpers.report_sample import (
    doubtful_report,
    first_session,
    full_report,
    hostile_report,
    plain_report,
    sample_report,
)

from symmetry.output.report import render_handout, render_report

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: apt-get install chromium"),
]

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
LAYERS = ("midline", "contours", "moved")
REPORTS = {
    "usual": sample_report,
    "hostile": hostile_report,
    "plain": plain_report,
    "first": first_session,
    "doubtful": doubtful_report,
    "full": full_report,
}
A4 = (595.0, 842.0)

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))  # a fresh profile each time
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    pages = {name: render_report(make()) for name, make in REPORTS.items()}
    pages |= {f"client {name}": render_handout(make()) for name, make in HANDOUTS.items()}
    paths = {name: folder / f"{name.replace(' ', '-')}.html" for name in pages}
    for name, path in paths.items():
        path.write_text(pages[name], encoding="utf-8")
    return paths


@pytest.fixture
def show(browser: Any, files: dict[str, Path]) -> Iterator[Open]:
    """Opens a report; afterwards nothing may have gone wrong, and nothing but the file been asked for."""
    contexts, wrong, asked = [], [], []

    def opened(name: str = "usual", *, size: dict[str, int] = DESKTOP, **options: Any) -> Any:
        context = browser.new_context(viewport=size, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(files[name].as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
    assert {url for url in asked if not url.startswith("data:")} <= {path.as_uri() for path in files.values()}


def shown_from(page: Any) -> float:
    """Where the photo after begins, as a share of the picture's width."""
    clip = page.locator(".after").evaluate("one => getComputedStyle(one).clipPath")
    found = re.fullmatch(r"inset\(0(?:px)? 0(?:px)? 0(?:px)? ([\d.]+)%\)", clip)
    assert found, clip
    return float(found[1]) / 100


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def test_mouse_wipes_between_the_photos(show: Open) -> None:
    page = show()
    page.locator(".wipe").scroll_into_view_if_needed()
    box = page.locator(".wipe").bounding_box()
    middle = box["y"] + box["height"] / 2
    assert shown_from(page) == pytest.approx(0.4)
    page.mouse.move(box["x"] + 0.4 * box["width"], middle)
    page.mouse.down()
    for share in (0.5, 0.9, 0.2):
        page.mouse.move(box["x"] + share * box["width"], middle, steps=4)
        assert shown_from(page) == pytest.approx(share, abs=0.02)
    page.mouse.move(box["x"] + 1.2 * box["width"], middle, steps=2)
    page.mouse.up()
    assert shown_from(page) == 1.0
    divider = page.locator(".divider").bounding_box()
    assert divider["x"] + divider["width"] / 2 == pytest.approx(box["x"] + box["width"], abs=1)


def test_finger_wipes_between_the_photos(show: Open) -> None:
    page = show(size=PHONE, has_touch=True, is_mobile=True)
    page.locator(".wipe").scroll_into_view_if_needed()
    box = page.locator(".wipe").bounding_box()
    page.touchscreen.tap(box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 3)
    assert shown_from(page) == pytest.approx(0.75, abs=0.02)


def test_keys_wipe_between_the_photos_and_say_so(show: Open) -> None:
    page = show()
    slider = page.get_by_role("slider", name="Wipe between the photos")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert shown_from(page) == pytest.approx(0.42)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert shown_from(page) == pytest.approx(0.38)
    assert slider.get_attribute("aria-valuetext") == "38 % before, 62 % after"
    page.keyboard.press("Home")
    assert shown_from(page) == 0.0
    page.keyboard.press("End")
    assert shown_from(page) == 1.0
    outline = page.locator(".wipe").evaluate("one => getComputedStyle(one).outlineStyle")
    assert outline == "solid"  # focus is seen


@pytest.mark.parametrize("layer", LAYERS)
def test_each_switch_shows_its_layer_and_its_key(show: Open, layer: str) -> None:
    page = show()
    of_layer = {"midline": ".midline", "contours": ".contours .left:not(.mirrored)", "moved": ".moved"}[layer]
    drawn, key = page.locator(f".wipe {of_layer}").last, page.locator(f".for-{layer}")
    assert not drawn.is_visible()
    assert not key.is_visible()
    switch = page.locator(f"#show-{layer}")
    switch.focus()
    page.keyboard.press("Space")
    assert switch.is_checked()
    assert drawn.is_visible()
    assert key.is_visible()
    assert page.locator(".wipe .map").is_visible() == (layer == "moved")
    page.locator(f"label:has(#show-{layer})").click()
    assert not drawn.is_visible()


def test_layers_of_a_photo_are_wiped_with_it(show: Open) -> None:
    page = show()
    for layer in LAYERS:
        page.check(f"#show-{layer}")
    assert page.locator(".after .midline").is_visible()
    assert page.locator(".before .midline").is_visible()
    assert page.locator(".before .map").count() == 0
    places = [page.locator(f".{name} svg").bounding_box() for name in ("before", "after")]
    assert places[0] == places[1] == page.locator(".before img").bounding_box()


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("usual", "light"), ("usual", "dark"), ("hostile", "light"), ("plain", "dark")],
)
def test_no_grave_fault_of_accessibility(show: Open, name: str, scheme: str) -> None:
    page = show(name, size=PHONE if name == "hostile" else DESKTOP, color_scheme=scheme)
    unfold(page)
    for layer in LAYERS if name == "usual" else ():
        page.check(f"#show-{layer}")
    found = axe.Axe().run(page).response
    assert len(found["passes"]) > 15
    grave = [fault for fault in found["violations"] if fault["impact"] in ("serious", "critical")]
    assert not grave, [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in grave]


def test_dark_and_light_differ(show: Open) -> None:
    colours = {
        show(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert len(colours) == 2


@pytest.mark.parametrize("name", ["usual", "hostile", "doubtful"])
def test_phone_scrolls_one_way_only(show: Open, name: str) -> None:
    page = show(name, size=PHONE)
    unfold(page)
    for layer in LAYERS if name == "usual" else ():
        page.check(f"#show-{layer}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().right") <= PHONE["width"]


def test_hostile_texts_do_no_harm(show: Open) -> None:
    def tags(page: Any) -> list[str]:
        found = page.evaluate("[...document.querySelectorAll('script, img, style, iframe, a')].map(one => one.tagName)")
        return sorted(found)

    page = show("hostile")
    assert tags(page) == tags(show())
    assert "<script>alert(1)</script>" in page.locator("h1").inner_text()
    # What is written from right to left stays within its own text.
    kept = "[...document.querySelectorAll('bdi')].every(one => getComputedStyle(one).unicodeBidi === 'isolate')"
    assert page.evaluate(kept)


def test_other_scripts_are_refused(browser: Any, files: dict[str, Path], tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.html"
    text = files["usual"].read_text(encoding="utf-8")
    spoilt.write_text(text.replace("</main>", "<script>window.harm = 1</script><img src=x onerror='harm=2'></main>"))
    page = browser.new_page()
    page.goto(spoilt.as_uri())
    assert page.evaluate("window.harm") is None
    page.close()


@pytest.mark.parametrize("name", ["usual", "plain", "first", "doubtful"])
def test_prints_to_two_pages_or_three_where_all_is_in_doubt(show: Open, name: str) -> None:
    for options in ({}, {"size": PHONE, "color_scheme": "dark"})[: 2 if name == "usual" else 1]:
        sizes = pages_of(show(name, **options).pdf(prefer_css_page_size=True))
        assert len(sizes) == (3 if name == "doubtful" else 2)
        for size in sizes:
            assert size == pytest.approx(A4, abs=1.0)


def test_all_diaries_and_zones_are_on_paper_and_take_three_pages(show: Open) -> None:
    page = show("full")
    assert len(pages_of(page.pdf(prefer_css_page_size=True))) <= 3
    page.emulate_media(media="print")
    assert all(each.is_visible() for each in page.locator(".diary figure, .work tr").all())
    assert page.locator(".diary figure").count() == 6


@pytest.mark.parametrize("name", HANDOUTS)
def test_client_edition_prints_on_one_sheet_and_can_be_read_by_everyone(show: Open, name: str) -> None:
    for size in (DESKTOP, PHONE):
        page = show(f"client {name}", size=size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        found = axe.Axe().run(page).response["violations"]
        grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
        assert not grave, [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in grave]
        sizes = pages_of(page.pdf(prefer_css_page_size=True))
        assert len(sizes) == (1 if name != "hostile" else len(sizes)), name
        assert sizes[0] == pytest.approx(A4, abs=1.0)


def pages_of(pdf: bytes) -> list[tuple[float, float]]:
    """Widths and heights of the pages, points."""
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == int(re.findall(rb"/Count (\d+)", pdf)[0])
    return [(float(w), float(h)) for w, h in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)]


def test_on_paper_both_photos_stand_side_by_side_and_no_card_is_cut(show: Open) -> None:
    page = show(size={"width": 703, "height": 1032})  # what A4 leaves between its margins
    page.emulate_media(media="print")
    before, after = (page.locator(f".{name} img").first.bounding_box() for name in ("before", "after"))
    assert before["x"] + before["width"] <= after["x"]
    assert before["y"] == after["y"]
    assert page.locator("#wipe").is_hidden()
    assert not [one for one in page.locator("details").all() if one.is_visible()]
    second = page.locator(".page-two").bounding_box()["y"]
    for card in page.locator(".card, .others").all():
        box = card.bounding_box()
        assert box["y"] + box["height"] <= min(second, 1032)


def test_can_be_read_without_scripts(show: Open) -> None:
    for size in (DESKTOP, PHONE):
        page = show(size=size, java_script_enabled=False)
        before, after = (page.locator(f".{name} img").first.bounding_box() for name in ("before", "after"))
        assert before["x"] + before["width"] <= after["x"]
        assert before["width"] == pytest.approx(after["width"], abs=1)
        assert page.locator("#wipe").is_hidden()
        page.check("#show-midline")
        assert page.locator(".before .midline").is_visible()
        page.locator("summary", has_text="How this was measured").click()
        assert page.get_by_text("not been checked against a clinical instrument").is_visible()
