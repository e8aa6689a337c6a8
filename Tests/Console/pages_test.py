"""Every page of every role: in both languages, light and dark, on a desk and on a phone. Usage: as console_test.py.

Pictures of the pages go to the folder, those that docs/CONSOLE.md shows among them.
"""

import os

from desk import base, check, examine, in_browser, shots, sign_in

HEAVIEST = 150 * 1024
# Of a picture.
TALLEST = 1600
# Each role's pages; what follows a bar is clicked first.
PAGES = {
    "analyst": ["dashboard", "texts", "texts?topic=delivery", "improvements", "improvements/1", "improvements/new", "query", "account"],
    "manager": ["improvements", "improvements/1?effect=true"],
    "improver": ["improvements"],
    "agent": ["worklist", "worklist|main tbody a"],
    "compliance": ["", "cases", "subjects", "links", "audit", "audit/1", "policies", "retention", "health", "keys"],
    "privacy-lead": ["approvals"],
    "administrator": ["", "tokens", "keys", "health", "sessions"],
}
LOOKS = {"light": ({"color_scheme": "light"}, 1200), "dark": ({"color_scheme": "dark"}, 1200), "phone": ({"color_scheme": "light"}, 360)}


# All of them are drawn when somebody wants the pictures; otherwise each language, look and width once.
WANTED = [(language, look) for language in ("en", "zh") for look in LOOKS] if os.environ.get("CONSOLE_SCREENSHOTS") else [("en", "light"), ("zh", "phone"), ("zh", "dark")]


def walk(browser):
    for role, pages in PAGES.items():
        for language, look in WANTED:
            options, width = LOOKS[look]
            page = sign_in(browser, role, language, viewport={"width": width, "height": 900}, device_scale_factor=0.6 if width > 400 else 0.8, **options)
            for entry in pages:
                path, _, target = entry.partition("|")
                address = base + "/console" + ("/" + path if path else "")
                reply = page.goto(address)
                name = f"{role} {entry or 'home'} {language} {look}"
                check(reply.status == 200, f"{name}: {reply.status}")
                check(len(reply.body()) <= HEAVIEST, f"{name}: {len(reply.body())} bytes")
                if target:
                    page.locator(target).first.click()
                heads = page.locator("h1, h2").all_text_contents()
                check(len(heads) == len(set(heads)), f"{name}: a heading stands twice: {heads}")
                examine(page, name)
                shot = "".join(letter if letter.isalnum() else "-" for letter in f"{role}-{path.split('?')[0] or 'home'}{'-one' if target else ''}")
                height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                page.screenshot(
                    path=str(shots / f"{shot}-{language}-{look}.jpg"), type="jpeg", quality=50, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
            page.context.close()


in_browser(walk)
