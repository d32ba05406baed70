"""The style page shows every element of the style sheets."""

import re

from django.template.loader import render_to_string

from tracker.state import CHECKOUT

ELSEWHERE = {"preview"}  # the admin's own sheet


def test_every_class_of_the_style_sheets_stands_on_the_style_page(rf):
    page = render_to_string("pages/style.html", {"section": "style", "reference": None}, rf.get("/style/"))
    shown = {name for names in re.findall(r'class="([^"]*)"', page) for name in names.split()}
    sheets = [path for path in (CHECKOUT / "static/css").glob("*.css") if path.stem not in ELSEWHERE]
    text = re.sub(r"/\*.*?\*/", "", "".join(path.read_text() for path in sheets), flags=re.DOTALL)
    assert set(re.findall(r"\.([a-z][\w-]*)", text)) - shown == set()


def test_the_style_page_is_not_for_readers(client):
    assert client.get("/style/").status_code == 404


def test_a_program_that_asks_for_an_icon_by_its_old_name_is_led_to_it(client):
    assert client.get("/favicon.ico").headers["Location"] == "/static/favicon.svg"
