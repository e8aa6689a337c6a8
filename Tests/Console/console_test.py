"""Walks through the console in headless Chromium, as its users do, and has axe look at what they see.

Usage: console_test.py BASE_URL SCREENSHOT_FOLDER < given.json
given.json: tokens by role, and "phone": a customer's phone, "other": another's, …
Exit status 0 when all is well; prints what is not.
"""

import pathlib

from desk import base, check, examine, given, in_browser, open_page, shots, sign_in

tokens = given


def visit(page, path, name, shot=None, full=False):
    page.goto(base + path)
    examine(page, name)
    if shot:
        page.screenshot(path=str(shots / f"{shot}.png"), full_page=full)


def walk(browser):
    # A wrong token: said, and nothing opened.
    page = open_page(browser)
    check(page.goto(base + "/console").url.endswith("/console/sign-in"), "who is not signed in is sent to sign in")
    examine(page, "sign-in")
    check(page.evaluate("document.activeElement.id") == "token", "the field has the focus")
    page.fill("#token", "vvt_wrong")
    page.click("main button:not(.plain)")
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
    page.click("tbody tr a")
    check(page.locator("th[scope=row]").count() > 10, "an entry is shown whole")
    examine(page, "entry")
    with page.expect_download() as download:
        page.click("text=Download the proof")
    check(pathlib.Path(download.value.path()).read_text().startswith("c2sp.org/tlog-proof"), "the proof is a tlog-proof")

    def find(phone):
        page.goto(base + "/console/subjects")
        page.select_option("#field", "phone")
        page.fill("#value", tokens[phone])
        page.click("text=Search")

    find("phone")
    pseudonym = page.text_content("#subject")
    check(pseudonym.startswith("s_"), "a customer is found by phone")
    check(tokens["phone"] not in page.url, "the value stands in no address")
    examine(page, "subjects")
    page.fill("#reason", "court case 17")
    page.click("button[value=hold]")
    check("Done" in page.text_content("main .note"), "a hold is set")
    page.fill("#reason", "request of today")
    page.click("button[value=erase]")
    check("legal hold" in page.text_content("main"), "a hold forbids erasure, and the page says so")
    find("phone")
    page.fill("#reason", "asks for a copy")
    with page.expect_download() as download:
        page.click("button[value=export]")
    check(pathlib.Path(download.value.path()).read_bytes()[:2] == b"PK", "the copy is a ZIP")
    # Somebody who has a pseudonym needs no handle.
    page.goto(base + "/console/subjects")
    page.click("text=Open by pseudonym")
    page.fill("#known", pseudonym)
    page.click("button:has-text('Open')")
    check(page.text_content("#subject") == pseudonym, "a customer is opened by pseudonym")

    # An erasure asks for the number of records.
    find("other")
    page.fill("#reason", "letter of today")
    page.click("button[value=erase]")
    check(page.text_content("h1") == "Confirm the erasure", "an erasure is to be confirmed")
    examine(page, "confirm-erasure")
    number = page.text_content("main p b")
    page.fill("#confirm", number + "1")
    page.click("button.danger")
    check("nothing was erased" in page.text_content("main"), "another number erases nothing")
    page.fill("#confirm", number)
    page.click("button.danger")
    check("Done" in page.text_content("main .note"), "the number erases")

    # A request on one page: opened from the customer, held, asked of another system, answered, closed.
    find("phone")
    page.select_option("#kind", "erasure")
    page.click("button:has-text('Open a case')")
    case = page.url
    check("Erasure #1" == page.text_content("h1"), "a case is open, and has a page")
    check("is on hold" in page.text_content("main"), "its page says that the customer is on hold")
    page.fill("#system", "crm")
    page.fill("#task-note", "erase the account")
    page.click("text=Add a task")
    check("crm" in page.text_content("main"), "a task is asked")
    page.fill("tr:has-text('crm') input[name=note]", "erased there")
    page.click("tr:has-text('crm') button[value=done]")
    check("erased there" in page.text_content("main"), "the answer stands with the task")
    page.goto(case)
    examine(page, "case")
    page.screenshot(path=str(shots / "console-case.png"), full_page=True)
    page.click("button[value=certificate]")
    check(page.locator("main .note.bad, main a").count() > 0, "what cannot be done leads back")
    page.goto(case)
    page.fill("#note", "sent")
    page.click("button:has-text('Answered: close')")
    check("No case is open" in page.text_content("main"), "a case is closed, and the list says what to do")

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
    find("named")
    page.click("text=Record a consent, a withdrawal")
    page.select_option("#about", "insight")
    page.fill("#proof", "letter of today")
    page.fill("#why", "objects")
    page.click("button[value=object]")
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
    find("shared")
    page.fill("#reason", "asks for a copy")
    page.click("button[value=export]")
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
    check("/console/retention" in page.url, "the page stays when the language changes")
    check(page.get_attribute("html", "lang") == "en", "the language can be changed")

    # The analyst begins at the dashboard and has nothing of the officer's.
    page = sign_in(browser, "analyst")
    check(page.text_content("h1") == "Dashboard", "the analyst begins at the dashboard")
    check(page.locator("nav a", has_text="Audit").count() == 0, "pages that a role cannot use are not offered")
    check(page.goto(base + "/console/audit").status == 403, "nor opened")
    page.goto(base + "/console/dashboard?period=3m")
    check(page.locator("main svg[role=img]").count() >= 1, "courses are drawn")
    check("emerging" in page.text_content("main"), "what grows is told")
    page.goto(base + "/console/dashboard?period=6m&product=X5")
    check(page.input_value("#period") == "6m" and page.input_value("#product") == "X5", "an address has its filters")
    page.click("main tbody a >> nth=0")
    check("product=X5" in page.url and page.locator(".texts li").count() == 25, "a drill-down keeps the filters and shows a page of texts")
    check(page.locator(".texts mark").count() > 0, "the words of the topic are marked")
    page.goto(base + "/console/texts?period=all")
    page.click("text=Next page")
    check(page.locator(".texts li").count() == 25, "there is a next page")
    page.fill("#words", "噪音")
    page.click("form[method=post] button:has-text('Search')")
    check(page.locator(".texts mark").count() > 0 and "words" not in page.url, "words are searched for, and stand in no address")
    examine(page, "texts")
    page.goto(base + "/console/texts?product=nothing")
    check("No feedback fits" in page.text_content("main"), "an empty page says what to do")
    # A mistake keeps the form.
    page.goto(base + "/console/improvements/new")
    page.fill("#title", "quieter")
    page.fill("#where", "topic =")
    page.fill("#owner", "improver")
    page.fill("#due", "2027-01-31")
    page.click("main form button")
    check(page.input_value("#title") == "quieter" and page.locator("[role=alert]").count() == 1, "a mistake is told and the form is kept")
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

    # The administrator sees how the vault stands, and no customer's data; sessions are listed and ended.
    page = sign_in(browser, "administrator")
    check(page.text_content("h1") == "Overview", "the administrator begins at the overview")
    check(page.locator("nav a", has_text="Subject").count() == 0, "customers are not the administrator's")
    other = sign_in(browser, "manager")
    page.goto(base + "/console/sessions")
    check(page.locator("tr:has-text('this one')").count() == 1, "one's own session is told from others")
    page.click("tr:has-text('manager') button >> nth=0")
    check(page.locator("tr:has-text('manager')").count() == 0, "a session is ended")
    check(other.goto(base + "/console/improvements").url.endswith("/console/sign-in"), "who was signed out is out")
    other = sign_in(browser, "improver")
    other.click(".me")
    check("task.work" in other.text_content("main"), "an account says what its role may do")
    examine(other, "account")
    other.click("main tbody button")
    check(other.url.endswith("/console/sign-in"), "somebody ends their own session")
    # Nobody ends another's without the right.
    other = sign_in(browser, "analyst")
    other.goto(base + "/console/account")
    token = other.input_value("header input[name=csrf]")
    name = page.locator("tr:has-text('this one') input[name=session]").first.get_attribute("value")
    reply = other.request.post(base + "/console/sessions/end", form={"session": name, "csrf": token})
    check(reply.status == 403, "nobody ends another's session without the right")

    # The agent sees handles only when asked for, with a reason.
    page = sign_in(browser, "agent")
    check(page.text_content("h1") == "Call-backs", "the agent begins at the call-backs")
    check(page.locator("nav a", has_text="Query").count() == 0, "and has no query page")
    rows = page.locator("main tbody tr").count()
    page.click("main tbody a")
    check(page.locator("dd.value").count() == 0, "nothing is revealed before it is asked for")
    page.click("main form.grid button")
    check(page.locator("dd.value").count() == 1, "what was asked for is shown")
    examine(page, "call")
    page.click("button:has-text('Not reached')")
    page.goto(base + "/console/worklist")
    check(page.locator("main tbody tr").count() == rows and page.locator("tr:has-text('Not reached')").count() == 1, "who was not reached stays in the list")

    # Without script all of it works the same: the pages have none.
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "/console/sign-in")
    page.fill("#token", tokens["analyst"])
    page.click("main button:not(.plain)")
    page.goto(base + "/console/query")
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


in_browser(walk)
