"""Everyday jobs of each role (docs/CONSOLE.md), from the page after sign-in: what more than five clicks takes is a fault.

A click is a button, a link, or a choice from a list; what is typed is none. Usage: as console_test.py.
"""

from desk import check, given, in_browser, sign_in

MOST = 5
taken = {}


class Job:
    """Somebody's job in a page of their own, counted."""

    def __init__(self, browser, number, name, role):
        self.name, self.number, self.clicks = f"{number}. {name}", number, 0
        self.page = sign_in(browser, role)

    def click(self, where):
        self.clicks += 1
        self.page.locator(where).first.click()

    def choose(self, where, value):
        self.clicks += 1
        self.page.select_option(where, value)

    def type(self, where, text):
        self.page.fill(where, text)

    def ends(self, text):
        check(text in self.page.text_content("main"), f"{self.name}: '{text}' is not there")
        check(self.clicks <= MOST, f"{self.name}: takes {self.clicks} clicks")
        taken[self.number] = self.clicks
        self.page.context.close()


def walk(browser):
    job = Job(browser, 1, "read what customers complain about most", "analyst")
    job.click("h2:has-text('What to work on first') + .wide td a")
    check(job.page.locator(".texts mark").count() > 0, "1. the words of the topic are marked")
    job.ends("negative")

    job = Job(browser, 2, "see how one product does in one region", "analyst")
    job.choose("#product", "X5")
    job.choose("#region", "北京")
    job.click("text=Apply")
    check("product=X5" in job.page.url and "region=" in job.page.url, "2. the filters stay in the address")
    job.ends("Average rating")

    job = Job(browser, 3, "propose an improvement", "analyst")
    job.click("text=Propose an improvement")
    job.type("#owner", "improver")
    job.type("#due", "2027-01-31")
    job.click("main form button")
    job.ends("Proposed")

    job = Job(browser, 4, "approve an improvement", "manager")
    job.click("main .wide a:has-text('24 小时')")
    job.click("main form button:has-text('Approve')")
    job.ends("Done")

    job = Job(browser, 5, "accept what was done, knowing its effect", "manager")
    job.click(".board a:has-text('更换承运商')")
    job.click("text=Compare before and after")
    check("Share of all feedback" in job.page.text_content("main"), "5. before and after stand side by side")
    job.click("main form button:has-text('Accept')")
    job.ends("Accepted")

    job = Job(browser, 6, "finish one's improvement", "improver")
    job.click("main .wide a:has-text('Quieter fan')")
    job.type("#note", "new bearings")
    job.click("main form button")
    job.ends("Awaiting acceptance")

    job = Job(browser, 7, "call a customer back and record what became of it", "agent")
    before = job.page.locator("main tbody tr").count()
    job.click("main tbody a")
    job.click("main form.grid button")
    check(job.page.locator("dd.value").count() == 1, "7. the number is shown")
    first = job.page.url
    job.click("button:has-text('Solved')")
    check(job.page.url != first and "/worklist/" in job.page.url, "7. the next customer comes up")
    job.ends("See whom to call")
    check(before > 0, "7. somebody is to be called")

    job = Job(browser, 8, "open a case for a customer who calls", "compliance")
    job.click("nav >> text=Subject rights")
    job.choose("#field", "phone")
    job.type("#value", given["phone"])
    job.click("button:has-text('Search')")
    job.choose("#kind", "access")
    job.click("button:has-text('Open a case')")
    job.ends("Act on a customer's request")

    job = Job(browser, 9, "answer a request for a copy", "compliance")
    job.click("nav >> text=Cases")
    job.click("main tbody a")
    with job.page.expect_download():
        job.click("button:has-text('Export a copy')")
    job.type("#note", "sent by letter")
    job.click("button:has-text('Answered: close')")
    job.ends("Done")

    job = Job(browser, 10, "see who was denied what, and by which rule", "compliance")
    job.click("h2:has-text('Recent denials') + .wide a")
    job.ends("rule")

    job = Job(browser, 11, "decide what waits for a second person", "privacy-lead")
    job.click("text=Grant")
    job.ends("granted")

    job = Job(browser, 12, "issue a token", "administrator")
    job.click("nav >> text=Tokens")
    job.click("summary:has-text('Issue a token')")
    job.type("#principal", "new-analyst")
    job.choose("#role", "analyst")
    job.click("button:has-text('Issue the token')")
    job.ends("vvt_")

    job = Job(browser, 13, "revoke a token", "administrator")
    job.click("nav >> text=Tokens")
    job.click("tr:has-text('new-analyst') a")
    job.type("#reason", "left the company")
    job.click("main form button.danger")
    job.ends("Done")

    job = Job(browser, 14, "see what the vault needs", "administrator")
    job.click("nav >> text=Health")
    job.ends("checks")

    check(len(taken) == 14, "every job was tried")


in_browser(walk)
