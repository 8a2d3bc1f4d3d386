"""What is done on a page before it is pictured."""

from playwright.sync_api import FilePayload
from playwright.sync_api import Page as Tab

_NARROW = 768
_HEADS = "First name;Last name;Company;E-mail;Phone;Interest"
_VISITORS = (
    "Ida;Brunner;Brunner Molkerei;ida.brunner@molkerei.example;+49 89 5550 1720;hot",
    "Paul;Okafor;Okafor Juices;paul@juices.example;+44 20 7946 0018;warm",
    "Marta;Silva;Silva Lacticinios;marta.silva(at)lacticinios.example;+351 21 555 0107;hot",
    "Jan;Verhulst;Verhulst Zuivel;jan@zuivel.example;+31 20 555 0155;lukewarm",
)
# Others, since who has come in does not come in again.
_VISITORS_SEEN_ON_A_PHONE = (
    "Tilda;Aasen;Aasen Meieri;tilda@meieri.example;+47 22 55 01 90;hot",
    "Rui;Castanho;Castanho Vinhos;rui(at)vinhos.example;+351 21 555 0144;hot",
    "Greta;Lindholm;Lindholm Bryggeri;greta@bryggeri.example;+46 8 555 017 20;warm",
)


def send_empty(tab: Tab) -> None:
    form = tab.locator("main form[method=post]").first
    form.evaluate("form => form.querySelectorAll('input[type=text], input[type=email]').forEach(one => one.value = '')")
    with tab.expect_navigation():
        form.evaluate("form => { form.noValidate = true; form.requestSubmit() }")


def send_stale(tab: Tab) -> None:
    form = tab.locator("main form[method=post]").first
    with tab.expect_navigation():
        form.evaluate("form => { form.elements.version.value = '0'; form.elements.topic.value += ', second plant' }")
        form.evaluate("form => { form.noValidate = true; form.requestSubmit() }")


def send_post(tab: Tab) -> None:
    form = (
        "document.body.innerHTML = '<form method=post action=/capture/><input name=email value=k@lake.example></form>'"
    )
    tab.evaluate(f"{form}; document.forms[0].submit()")
    tab.wait_for_load_state()


def open_menu(tab: Tab) -> None:
    tab.locator("main details.menu summary").first.click()


def paste_cards(tab: Tab) -> None:
    people = (
        "Ines\tWalde\tBuyer\tWalde Molkerei",
        "Jonas\tPrill\tPlant engineer\tPrill & Sohn",
        "Ana\tReis\t\tReis Lda",
    )
    tab.locator("[name=pasted]").fill("\n".join(people))
    with tab.expect_navigation():
        tab.locator("button[name=add]").click()


def check_cards(tab: Tab) -> None:
    paste_cards(tab)
    with tab.expect_navigation():
        tab.locator("button[name=check]").click()


def go(tab: Tab, path: str) -> None:
    with tab.expect_navigation():
        tab.evaluate(f"location.assign({path!r})")


def tick_three(tab: Tab) -> None:
    for place in range(3):
        tab.locator("tbody input[type=checkbox]").nth(place).check()


def assign_three(tab: Tab) -> None:
    tick_three(tab)
    with tab.expect_navigation():
        # A window that has just become less deep takes the pointer for somewhere else.
        tab.locator("[name=act][value=assign]").first.dispatch_event("click")


def peek(tab: Tab) -> None:
    tab.keyboard.press("j")
    tab.keyboard.press("Space")
    tab.wait_for_load_state("networkidle")


def ask_palette(tab: Tab) -> None:
    tab.keyboard.press("Control+k")
    tab.keyboard.type("an", delay=60)
    tab.wait_for_load_state("networkidle")


def upload(tab: Tab) -> None:
    is_phone = (tab.viewport_size or {"width": 0})["width"] < _NARROW
    text = "\n".join((_HEADS, *(_VISITORS_SEEN_ON_A_PHONE if is_phone else _VISITORS)))
    file: FilePayload = {"name": "fair-visitors.csv", "mimeType": "text/csv", "buffer": text.encode()}
    tab.locator("input[type=file]").set_input_files([file])
    _send(tab)


def rehearse(tab: Tab) -> None:
    upload(tab)
    _send(tab)
    tab.wait_for_load_state("networkidle")


def write(tab: Tab) -> None:
    rehearse(tab)
    with tab.expect_navigation():
        tab.locator("main form[action$='/run/'] button").first.click()
    tab.wait_for_load_state("networkidle")


def merge_two(tab: Tab) -> None:
    for place in range(2):
        tab.locator("tbody input[type=checkbox]").nth(place).check()
    with tab.expect_navigation():
        tab.locator("#bulk button", has_text="Merge").first.dispatch_event("click")


def _send(tab: Tab) -> None:
    with tab.expect_navigation():
        tab.locator("main form[method=post] :is(button[type=submit], button:not([type]))").last.click()
