"""Walks through the console in headless Chromium, as its users do, and has axe look at every page.

Usage: console_test.py BASE_URL SCREENSHOT_FOLDER < tokens.json
tokens.json: {"compliance": …, "analyst": …, "privacy-lead": …, "administrator": …, "phone": a customer's phone, "other": another's}
Exit status 0 when all is well; prints what is not.
"""

import json
import pathlib
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

base, shots = sys.argv[1], pathlib.Path(sys.argv[2])
tokens = json.load(sys.stdin)
problems = []
axe = Axe()


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


def sign_in(browser, role, language="en", **options):
    context = browser.new_context(locale={"en": "en-GB", "zh": "zh-CN"}[language], viewport={"width": 1200, "height": 900},
                                  java_script_enabled=True, **options)
    page = context.new_page()
    page.set_default_timeout(10_000)
    # That a denial is answered with its status is no fault of the page's.
    page.on("console", lambda message: problems.append(f"browser: {message.text}")
            if message.type == "error" and "responded with a status of 4" not in message.text else None)
    page.on("request", lambda request: check(request.url.startswith(base), f"asks for {request.url}"))
    page.goto(base + "/console")
    check(page.url.endswith("/console/sign-in"), "who is not signed in is sent to sign in")
    examine(page, "sign-in")
    # By keyboard alone: the field has the focus.
    page.keyboard.type(tokens[role])
    with page.expect_navigation(url=lambda url: not url.endswith("/sign-in")):
        page.keyboard.press("Enter")
    return page


def visit(page, path, name, shot=None, full=False):
    page.goto(base + path)
    examine(page, name)
    if shot:
        page.screenshot(path=str(shots / f"{shot}.png"), full_page=full)


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

    # A wrong token: said, and nothing opened.
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(base + "/console/sign-in")
    page.fill("#token", "vvt_wrong")
    page.click("main button")
    check("Sign-in failed" in page.text_content("main"), "a wrong token is refused with a reason")
    check(page.goto(base + "/console/audit").url.endswith("/console/sign-in"), "a refused sign-in opens nothing")

    # The compliance officer.
    page = sign_in(browser, "compliance")
    check(page.text_content("h1") == "Overview", "the officer begins at the overview")
    check(page.locator("svg[role=img]").count() == 1, "accesses are drawn")
    cookies = page.context.cookies()
    session = [cookie for cookie in cookies if cookie["name"].endswith("vocvault")][0]
    check(session["httpOnly"] and session["sameSite"] == "Strict", "the session's cookie is HttpOnly and SameSite=Strict")
    check(page.evaluate("document.cookie").find(session["value"]) < 0, "scripts do not see the session")
    page.goto(base + "/console/audit")
    page.click("text=Verify the log")
    check("The log is intact" in page.text_content("main"), "the log is verified")
    visit(page, "/console", "overview", "console-overview")
    visit(page, "/console/audit?outcome=denied", "audit", "console-audit")
    page.goto(base + "/console/audit")
    page.click("tbody tr:first-child a")
    check(page.locator("th[scope=row]").count() > 10, "an entry is shown whole")
    examine(page, "entry")
    with page.expect_download() as download:
        page.click("text=Download the proof")
    check(pathlib.Path(download.value.path()).read_text().startswith("c2sp.org/tlog-proof"), "the proof is a tlog-proof")

    page.goto(base + "/console/subjects")
    page.select_option("#field", "phone")
    page.fill("#value", tokens["phone"])
    page.click("text=Search")
    pseudonym = page.input_value("#subject")
    check(pseudonym.startswith("s_"), "a customer is found by phone")
    check(tokens["phone"] not in page.url, "the value stands in no address")
    examine(page, "subjects")
    page.select_option("#act", "hold")
    page.fill("#reason", "court case 17")
    page.click("text=Submit")
    check("Done" in page.text_content("main .note"), "a hold is set")
    page.fill("#reason", "request of today")
    page.select_option("#act", "erase")
    page.click("text=Submit")
    check("legal hold" in page.text_content("main"), "a hold forbids erasure, and the page says so")
    page.goto(base + "/console/subjects")
    page.fill("#subject", pseudonym)
    page.fill("#reason", "asks for a copy")
    page.select_option("#act", "export")
    with page.expect_download() as download:
        page.click("text=Submit")
    check(pathlib.Path(download.value.path()).read_bytes()[:2] == b"PK", "the copy is a ZIP")

    # An erasure asks for the number of records.
    page.goto(base + "/console/subjects")
    page.select_option("#field", "phone")
    page.fill("#value", tokens["other"])
    page.click("text=Search")
    page.fill("#reason", "letter of today")
    page.select_option("#act", "erase")
    page.click("text=Submit")
    check(page.text_content("h1") == "Confirm the erasure", "an erasure is to be confirmed")
    examine(page, "confirm-erasure")
    number = page.text_content("main p b")
    page.fill("#confirm", number + "1")
    page.click("button.danger")
    check("nothing was erased" in page.text_content("main"), "another number erases nothing")
    page.fill("#confirm", number)
    page.click("button.danger")
    check("Done" in page.text_content("main .note"), "the number erases")

    page.goto(base + "/console/cases")
    page.fill("#subject", pseudonym)
    page.select_option("#kind", "access")
    page.fill("#note", "by letter")
    page.click("form.grid button")
    check(page.locator("tbody tr").count() == 1, "a case is open")
    visit(page, "/console/cases", "cases")
    page.fill("tbody input[name=note]", "sent")
    page.click("tbody button")
    check(page.locator("tbody tr").count() == 0, "a case is closed")

    # A request's tasks: asked of another system, and answered.
    page.fill("#subject", pseudonym)
    page.select_option("#kind", "erasure")
    page.click("form.grid button")
    page.fill("#system", "crm")
    page.fill("#task-note", "erase the account")
    page.click("text=Add a task")
    visit(page, "/console/cases", "case-tasks", "console-cases", full=True)
    check("crm" in page.text_content("main"), "a task is asked")
    page.fill("tr:has-text('crm') input[name=note]", "erased there")
    page.click("tr:has-text('crm') button[value=done]")
    check("erased there" in page.text_content("main"), "the answer stands with the task")

    # Who is who: the vault's proposal, accepted by one, waits for another.
    visit(page, "/console/links", "links", "console-links", full=True)
    check("different names" in page.text_content("main"), "the proposal says what speaks against it")
    page.fill("tbody input[name=reason]", "called both")
    page.click("text=Accept")
    check("another person must agree" in page.text_content("main .note"), "two people have to agree")
    check(page.locator("tbody button[value=accept]").count() == 0, "nobody agrees to what they asked for")
    page.click("text=Look through the records")
    check("Customers with many names" in page.text_content("main"), "customers with many names are looked for")
    examine(page, "many-named")

    # A customer's decisions, and what others say.
    page.goto(base + "/console/subjects")
    page.select_option("#field", "phone")
    page.fill("#value", tokens["named"])
    page.click("text=Search")
    page.select_option("#act", "object")
    page.select_option("#about", "insight")
    page.fill("#proof", "letter of today")
    page.fill("#reason", "objects")
    page.click("text=Submit")
    page.click("text=Show consents and mentions")
    check("letter of today" in page.text_content("main"), "a decision stands with its proof")
    page.click("text=Look through the records")
    examine(page, "customer")
    check(page.locator("tr:has-text('undecided')").count() == 1, "a mention is found")
    page.screenshot(path=str(shots / "console-customer.png"), full_page=True)
    page.fill("tr:has-text('undecided') input[name=reason]", "the same number")
    page.click("text=means this customer")
    check("means this customer" in page.text_content("main .note"), "a mention is decided")
    # Others have the same number: a copy asks first.
    page.goto(base + "/console/subjects")
    page.select_option("#field", "phone")
    page.fill("#value", tokens["shared"])
    page.click("text=Search")
    page.fill("#reason", "asks for a copy")
    page.select_option("#act", "export")
    page.click("text=Submit")
    check("may be the same person" in page.text_content("main"), "others who share a number are told of")
    examine(page, "sharing")
    with page.expect_download() as download:
        page.click("text=Go on")
    check(pathlib.Path(download.value.path()).read_bytes()[:2] == b"PK", "the copy comes once that is confirmed")

    page.goto(base + "/console/policies")
    page.fill("#principal", "analyst")
    page.select_option("#action", "query")
    page.select_option("#purpose", "insight")
    page.fill("#fields", "phone")
    page.click("text=Explain >> nth=-1")
    check("denies field phone" in page.text_content("main"), "a denial is explained")
    examine(page, "policies")
    page.screenshot(path=str(shots / "console-policies.png"))
    visit(page, "/console/retention", "retention")

    # A form of another session, or from nowhere, changes nothing.
    reply = page.request.post(base + "/console/cases", form={"subject": pseudonym, "kind": "access", "csrf": "forged"})
    check(reply.status == 403, "a form without the session's token is refused")
    token = page.input_value("header input[name=csrf]")
    reply = page.request.post(base + "/console/cases", form={"subject": pseudonym, "kind": "access", "csrf": token},
                              headers={"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"})
    check(reply.status == 403, "a form from another site is refused")

    # Every page by keyboard: the first stop leads to the content.
    page.goto(base + "/console")
    page.keyboard.press("Tab")
    check(page.evaluate("document.activeElement.className") == "skip", "the first stop skips the navigation")

    # In Chinese, in the dark, on a phone.
    page = sign_in(browser, "compliance", "zh", color_scheme="dark")
    check(page.text_content("h1") == "概览", "Chinese for who asks for it")
    check(page.get_attribute("html", "lang") == "zh-CN", "the page says which language it is in")
    visit(page, "/console", "overview, dark", "console-overview-zh")
    page.set_viewport_size({"width": 390, "height": 800})
    visit(page, "/console/links", "links, dark, on a phone", "console-links-zh", full=True)
    for path in ("/console", "/console/audit", "/console/subjects", "/console/cases", "/console/policies", "/console/retention"):
        visit(page, path, f"{path} on a phone")
    page.click("text=English")
    check(page.get_attribute("html", "lang") == "en", "the language can be changed")

    # The analyst has the query page and nothing of the officer's.
    page = sign_in(browser, "analyst")
    check(page.text_content("h1") == "Query", "the analyst begins at the query page")
    check(page.locator("nav a", has_text="Audit").count() == 0, "pages that a role cannot use are not offered")
    check(page.goto(base + "/console/audit").status == 403, "nor opened")
    page.goto(base + "/console/query")
    page.fill("#where", "rating <= 2")
    page.click("text=Run")
    check(page.locator("main table tbody tr").count() == 50, "fifty rows are shown")
    check("rating" not in page.url, "what is asked stands in no address")
    examine(page, "query")
    page.select_option("#group", "product")
    page.click("text=Run")
    check(page.locator("main svg[role=img]").count() == 1, "figures are drawn")
    examine(page, "figures")
    page.screenshot(path=str(shots / "console-query.png"), full_page=True)
    with page.expect_download() as download:
        page.click("text=Download CSV")
    check(pathlib.Path(download.value.path()).read_text("utf-8-sig").startswith("product,count"), "figures come as CSV")
    page.fill("#where", "rating <=")
    page.click("text=Run")
    check("Not signed in" not in page.text_content("body") and page.locator(".note.bad").count() == 1, "a wrong condition is explained")

    # The privacy lead decides what the officer has asked for.
    page = sign_in(browser, "privacy-lead")
    visit(page, "/console/approvals", "approvals", "console-approvals")
    if page.locator("tbody tr").count():
        page.click("text=Grant")
        check("granted" in page.text_content("tbody"), "a request is granted")
    else:
        problems.append("no request waits for the privacy lead")

    # Signed out is out.
    page.goto(base + "/console/audit")
    page.click("text=Sign out")
    check(page.goto(base + "/console/audit").url.endswith("/console/sign-in"), "signed out is out")

    # The administrator sees how the vault stands, and no customer's data.
    page = sign_in(browser, "administrator")
    check(page.text_content("h1") == "Overview", "the administrator begins at the overview")
    check(page.locator("nav a", has_text="Subject").count() == 0, "customers are not the administrator's")

    # Without script all of it works the same: the pages have none.
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "/console/sign-in")
    page.fill("#token", tokens["analyst"])
    page.click("main button")
    page.click("text=Run")
    check(page.locator("main table tbody tr").count() == 50, "a query without script")
    # Somebody who sends a form: on a telephone, in both languages, light and dark, without script.
    for language, locale, scheme in [("zh", "zh-CN", "light"), ("en", "en-GB", "dark")]:
        context = browser.new_context(locale=locale, color_scheme=scheme, viewport={"width": 360, "height": 740})
        page = context.new_page()
        page.on("request", lambda request: check(request.url.startswith(base), f"asks for {request.url}"))
        page.goto(base + "/feedback/feedback")
        check(page.evaluate("document.documentElement.lang").startswith(language), "a form is in the browser's language")
        examine(page, f"form {language}")
        page.fill("[id='f.email']", "nobody")
        page.click("main button")
        check(page.input_value("[id='f.email']") == "nobody" and page.locator(".fault").count() == 2, "a form keeps what was typed, and says what is wrong")
        examine(page, f"form {language} with mistakes")
        page.fill("[id='f.email']", "")
        page.fill("[id='f.text']", f"快递太慢 {language}")
        page.click("main button")
        examine(page, f"form {language} sent")
        receipt = page.text_content("code")
        page.click(".foot a")
        page.fill("#receipt", receipt)
        page.click("main button")
        check(page.locator("form").count() == 0, "a receipt asks for deletion")
        examine(page, f"form {language} asked")
        check(not context.cookies(), "a form sets no cookie")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(base + "/feedback/feedback?lang=en")
    page.fill("[id='f.text']", "without script")
    page.click("main button")
    check(page.locator("code").count() == 1, "a form needs no script")

    browser.close()

for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
