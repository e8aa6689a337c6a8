"""What the walks through the console share: a browser, somebody who signs in, and what is wrong with a page."""

import json
import pathlib
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

base, shots = sys.argv[1], pathlib.Path(sys.argv[2])
given = json.load(sys.stdin)
problems = []
axe = Axe()
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


def check(condition, what):
    if not condition:
        problems.append(what)


def examine(page, name):
    """What axe finds serious, and anything wider than the window."""
    for violation in axe.run(page).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            targets = [node["target"] for node in violation["nodes"]][:3]
            problems.append(f"{name}: axe: {violation['id']}: {violation['help']} {targets}")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    check(overflow <= 0, f"{name}: {overflow} px wider than the window")


def open_page(browser, language="en", **options):
    context = browser.new_context(locale=LOCALES[language], **{"viewport": {"width": 1200, "height": 900}, **options})
    page = context.new_page()
    page.set_default_timeout(30_000)
    # That a denial is answered with its status is no fault of the page's.
    page.on("console", lambda message: problems.append(f"browser: {message.text}")
            if message.type == "error" and "responded with a status of 4" not in message.text else None)
    page.on("request", lambda request: check(request.url.startswith(base), f"asks for {request.url}"))
    return page


def sign_in(browser, role, language="en", **options):
    page = open_page(browser, language, **options)
    page.goto(base + "/console/sign-in")
    page.fill("#token", given[role])
    with page.expect_navigation(url=lambda url: not url.endswith("/sign-in")):
        page.keyboard.press("Enter")
    return page


def in_browser(walk):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        walk(browser)
        browser.close()
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
