#!/usr/bin/env python3
"""The page of `walk --html` in a browser: it shows the steps of --json with their nesting, folds by mouse and keyboard, asks
for nothing from outside, and follows the reader's dark or light.

usage: walk_page.py HYPSCOPE [SCREENSHOT-FOLDER]
Skipped (77) when there is no chromium.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from chromium import Chromium, need

NESTED = ["--at", "use_demand", "--va", "0x80001000", "demo"]
WALKS = {"nested": NESTED, "a fault": ["demo"], "stage 1 alone": ["--at", "exit", "--va", "0x40080000", "--access-el", "3", "demo"],
         "a fault of stage 1": [*NESTED, "--access-el", "0", "--write"], "of a device": ["--at", "dma-fault", "demo"]}

# Every step that the page has, with the step that it is folded into, and its fields.
STEPS = """JSON.stringify([...document.querySelectorAll('details[id^=step-]')].map(d => ({
  number: +d.id.slice(5), stage: +d.dataset.stage, level: +d.dataset.level, words: d.querySelector('summary').textContent,
  inside: d.parentElement.closest('details') ? +d.parentElement.closest('details').id.slice(5) : null,
  fields: [...(d.querySelector(':scope > table')?.tBodies[0].rows ?? [])].map(r => [...r.cells].map(c => c.textContent))})))"""


def walk(hypscope, path, *args):
    done = subprocess.run([hypscope, "walk", "--json", "--html", os.fspath(path), *args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    need(done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


def place(field):
    if "hi" not in field:
        return ""
    return str(field["hi"]) if field["hi"] == field["lo"] else f"{field['hi']}:{field['lo']}"


def check_steps(browser, steps):
    steps = [s for s in steps if "stage" in s]
    shown = {s["number"]: s for s in json.loads(browser.ask(STEPS))}
    need(sorted(shown) == [s["number"] for s in steps], "steps", sorted(shown))
    waiting = []
    for step in steps:
        seen = shown[step["number"]]
        need((seen["stage"], seen["level"]) == (step["stage"], step["level"]), "step", step["number"], seen)
        need(seen["words"].split() == f"{step['number']} {step['words']}".split(), seen["words"], "is not", step["words"])
        need(seen["fields"] == [[place(f), f["name"], f["value"], f["words"]] for f in step["fields"]], "fields", seen["fields"])
        # A step of stage 2 is folded into the step of stage 1 that it was made for.
        if step["nested"]:
            waiting.append(seen)
            continue
        need(seen["inside"] is None, "step", step["number"], "is inside", seen["inside"])
        if step["stage"] == 1:
            need(all(s["inside"] == step["number"] for s in waiting), "nested steps", waiting)
            waiting = []
    links = json.loads(browser.ask("JSON.stringify([...document.querySelectorAll('table.grid a')].map(a => +a.textContent))"))
    need(sorted(links) == sorted(shown), "the grid has", links)


def check_folding(browser):
    """Closed at first; opened by a click, by the keyboard, by the buttons, and by a link to what is inside."""
    count = browser.ask("document.querySelectorAll('details').length")
    opened = "document.querySelectorAll('details[open]').length"
    need(browser.ask(opened) < count, "all is open at first")
    browser.ask("[...document.querySelectorAll('button')].find(b => b.textContent === 'unfold all').click()")
    need(browser.ask(opened) == count, "'unfold all' opens", browser.ask(opened), "of", count)
    browser.ask("[...document.querySelectorAll('button')].find(b => b.textContent === 'fold all').click()")
    need(browser.ask(opened) == 0, "'fold all'")
    browser.ask("document.querySelector('details[id^=step-] > summary').focus()")
    browser.key("Enter", "Enter", 13, "\r")
    need(browser.ask(opened) == 1, "Enter opens what has the focus")
    browser.key(" ", "Space", 32, " ")
    need(browser.ask(opened) == 0, "Space closes it")
    browser.ask("document.querySelector('table.grid a').focus()")
    browser.key("Enter", "Enter", 13, "\r")
    browser.wait(f"{opened} > 0")
    first = "document.getElementById('step-1')"
    need(browser.ask(f"{first}.open && {first}.checkVisibility()"), "a link to a step opens what holds it")


def check_alone(browser):
    need(browser.ask("performance.getEntriesByType('resource').length") == 0, "the page asks for something")
    need(not browser.warnings, browser.warnings)
    colours = []
    for scheme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        colours.append(browser.ask("getComputedStyle(document.body).backgroundColor"))
    need(colours[0] == "rgb(255, 255, 255)" and colours[1] != colours[0], "light and dark:", colours)


def main():
    hypscope, *shots = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        browser = Chromium(folder, 1300, 900)
        for name, args in WALKS.items():
            page = name.replace(" ", "-") + ".html"
            found = walk(hypscope, pathlib.Path(folder, page), *args)
            browser.open(page)
            browser.wait(f"location.pathname === '/{page}' && document.querySelectorAll('button').length === 2")
            check_steps(browser, found["steps"])
            end = browser.ask("document.body.innerText")
            need((found["fault"] or found["result"])["words"] in " ".join(end.split()), "the end of", name)
            if args is NESTED:
                check_folding(browser)
            check_alone(browser)
            for shot in shots:
                browser.screenshot(f"{shot}/walk-{page}.png")
        browser.close()
    print(len(WALKS), "pages")


main()
