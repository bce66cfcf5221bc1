#!/usr/bin/env python3
"""Opens the report page in headless Chromium, moves its slider, presses its button and points at its
figures like a reader, and checks what is visible, that nothing is fetched from a network and that the
console is clean; then what readers without a mouse, without eyes or with a phone need
(accessibility.js), at 420 and 1400 pixels, in light and dark mode, with everything unfolded.
Usage: browser.py PROGRAM_THAT_WRITES_THE_PAGE DIRECTORY [SCREENSHOTS]
       browser.py --pages PAGE.html...                 the second half, of any pages
SCREENSHOTS-<width>-<mode>.png are written where that is given.
Speaks the DevTools protocol over a pipe (file descriptors 3 and 4 of Chromium): nothing beyond
Python's standard library. Ends with status 77 (skipped) when there is no Chromium."""
import base64
import contextlib
import fcntl
import json
import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--remote-debugging-pipe", "--window-size=1250,1600"]
DEADLINE = time.monotonic() + 200


class Browser:
    """One page of a headless Chromium; everything it reports is kept in `events`."""

    def __init__(self, program, profile):
        # Above the descriptors 3 and 4, which the child gets.
        child_in, self.out = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in os.pipe())
        self.back, child_out = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in os.pipe())

        def connect():
            os.dup2(child_in, 3)
            os.dup2(child_out, 4)

        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
                                        preexec_fn=connect, close_fds=False,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        os.close(child_in)
        os.close(child_out)
        self.buffer, self.next_id, self.session, self.events = b"", 0, None, []

    def receive(self):
        while b"\0" not in self.buffer:
            if not select.select([self.back], [], [], max(0, DEADLINE - time.monotonic()))[0]:
                sys.exit("Chromium does not answer")
            data = os.read(self.back, 1 << 20)
            if not data:
                self.log.seek(0)
                sys.exit("Chromium ended: " + self.log.read().decode(errors="replace")[-1500:])
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.next_id += 1
        request = {"id": self.next_id, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.out, json.dumps(request).encode() + b"\0")
        while True:
            message = self.receive()
            if message.get("id") == self.next_id:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def open(self, url):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Page", "Network"):
            self.call(domain + ".enable")
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            sys.exit(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def key(self, name):
        for kind in ("rawKeyDown", "keyUp"):
            code = {"ArrowRight": 39, "ArrowDown": 40, "End": 35, "Home": 36, "Tab": 9, "Escape": 27}[name]
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name,
                      windowsVirtualKeyCode=code)

    def look(self, width, mode):
        """As a window of this width in this mode."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1,
                  mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": mode}])

    def picture(self, file):
        height = min(self.evaluate("document.documentElement.scrollHeight"), 4000)
        width = self.evaluate("innerWidth")
        image = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                          clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
        pathlib.Path(file).write_bytes(base64.b64decode(image["data"]))


ACCESSIBILITY = (pathlib.Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8")


def readable_by_all(browser, pictures=None):
    """What is wrong for readers on phones, in the dark, without a mouse."""
    failures = []
    for width in (420, 1400):
        for mode in ("light", "dark"):
            browser.look(width, mode)
            if pictures:
                browser.picture(f"{pictures}-{width}-{mode}.png")
            # Drawings follow the mode; grey pictures would be their own negatives.
            turned = browser.evaluate("[...document.querySelectorAll('.plot')].map(plot => "
                                      "[plot.matches('.paper'), getComputedStyle(plot).filter])")
            failures += [f"{mode}: a drawing{' of pixels' if paper else ''} with filter {how}"
                         for paper, how in turned
                         if ("invert" in how) != (mode == "dark" and not paper)]
            folded = browser.evaluate("[...document.querySelectorAll('details:not([open])')]"
                                      ".map(d => { d.open = true; d.className += ' was'; }).length")
            failures += [f"{width} pixels, {mode}: {what}" for what in browser.evaluate(ACCESSIBILITY)]
            browser.evaluate("document.querySelectorAll('details.was').forEach(d => { d.open = false; "
                             "d.className = ''; })")
            assert folded >= 0
    # 2.1.1: Tab reaches every control, in the order in which they stand.
    wanted = browser.evaluate(
        "[...document.querySelectorAll('button,input,a,summary,[tabindex]')]"
        ".filter(e => e.checkVisibility()).length")
    browser.evaluate("document.activeElement.blur(); window.scrollTo(0, 0); window.reached = new Set()")
    for _ in range(wanted + 2):
        browser.key("Tab")
        browser.evaluate("void window.reached.add(document.activeElement)")
    missed = browser.evaluate(
        "[...document.querySelectorAll('button,input,a,summary,[tabindex]')]"
        ".filter(e => e.checkVisibility() && !window.reached.has(e)).map(e => e.outerHTML.slice(0, 80))")
    failures += [f"Tab does not reach {what}" for what in missed[:5]]
    return failures


def noise(browser, page):
    """What the console said, and what was fetched."""
    failures = []
    for event in browser.events:
        method, what = event.get("method"), event.get("params", {})
        if method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
            failures.append(f"console: {json.dumps(what)[:300]}")
        if method == "Network.requestWillBeSent":
            url = what["request"]["url"]
            if url != page.as_uri() and not url.startswith("data:"):
                failures.append(f"fetched {url[:200]}")
    return failures


VISIBLE = """[...document.querySelectorAll('.movie .frame')]
  .map((frame, i) => [frame.getBoundingClientRect().height > 100, i, frame.dataset.label,
                      frame.querySelector('svg').innerHTML.length])
  .filter(item => item[0])"""
OUTPUT = "document.querySelector('.movie output').textContent"


def check(page, browser):
    failures = []

    def expect(condition, what):
        if not condition:
            failures.append(what)

    def one_frame(expected, when):
        visible = browser.evaluate(VISIBLE)
        expect([item[1] for item in visible] == [expected],
               f"{when}: frame {expected} expected, visible are {visible}")
        if visible:
            shown = browser.evaluate(OUTPUT)
            expect(shown == visible[0][2], f"{when}: label '{shown}', frame '{visible[0][2]}'")

    browser.open(page.as_uri())
    last = browser.evaluate("document.querySelectorAll('.movie .frame').length") - 1
    expect(last > 1, "no movie with frames")
    one_frame(0, "after loading")
    first_drawing = browser.evaluate("document.querySelector('.frame:not([hidden]) svg').innerHTML")
    browser.evaluate("document.querySelector('.movie input').focus()")
    browser.key("ArrowRight")
    one_frame(1, "after the right arrow key")
    browser.key("End")
    one_frame(last, "after the End key")
    drawing = browser.evaluate("document.querySelector('.frame:not([hidden]) svg').innerHTML")
    expect(drawing != first_drawing, "the last frame looks like the first")
    middle = last // 2
    browser.evaluate(f"(s => {{ s.value = {middle}; s.dispatchEvent(new Event('input')); }})"
                     "(document.querySelector('.movie input'))")
    one_frame(middle, "after moving the slider")
    browser.key("Home")
    browser.evaluate("document.querySelector('.movie button').click()")
    browser.evaluate("new Promise(done => setTimeout(done, 500))")
    browser.evaluate("document.querySelector('.movie button').click()")
    played = browser.evaluate("Number(document.querySelector('.movie input').value)")
    expect(0 < played <= last, f"play moved to frame {played}")
    one_frame(played, "after play and pause")

    expect(browser.evaluate("document.querySelectorAll('table tbody tr').length") > 7, "no verdicts")
    repeated = browser.evaluate(
        "(ids => ids.filter((id, i) => ids.indexOf(id) !== i))"
        "([...document.querySelectorAll('[id]')].map(e => e.id))")
    expect(repeated == [], f"ids that occur twice: {repeated[:5]}")
    dangling = browser.evaluate(
        "[...document.querySelectorAll('use')].map(u => u.getAttribute('xlink:href'))"
        ".filter(href => !document.querySelector(href)).length")
    expect(dangling == 0, f"{dangling} plot symbols without definition")
    wide = browser.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    expect(wide <= 0, f"the page is {wide} pixels wider than its window")

    # Values under the pointer, and from the keyboard.
    tip = "(t => t.hidden ? '' : t.innerText)(document.getElementById('tip'))"
    browser.evaluate("document.querySelector('.plot[tabindex]').scrollIntoView()")
    first = browser.evaluate("JSON.parse(document.querySelector('figure script').textContent)")
    x, y = first["curves"][1]["x"][-1], first["curves"][1]["y"][-1]
    left, right, bottom, top = first["edges"]
    low, high, down, up = first["values"]
    expect(not any(first["log"]), "the first figure of the example is linear")
    box = browser.evaluate("(b => [b.left, b.top, b.width, b.height])"
                           "(document.querySelector('.plot[tabindex] svg').getBoundingClientRect())")
    browser.call("Input.dispatchMouseEvent", type="mouseMoved",
                 x=box[0] + box[2] * (left + (right - left) * (x - low) / (high - low)) + 1,
                 y=box[1] + box[3] * (1 - bottom - (top - bottom) * (y - down) / (up - down)) + 1)
    shown = browser.evaluate(tip)
    expect(f"= {x:g}" in shown and f"= {y:g}" in shown, f"pointing at ({x}, {y}) shows {shown!r}")
    ring = browser.evaluate("(b => [b.left + b.width / 2, b.top + b.height / 2])"
                            "(document.querySelector('.ring:not([hidden])').getBoundingClientRect())")
    # The curve ends there in gnuplot's own drawing.
    drawn = browser.evaluate(
        "(path => { const end = path.getPointAtLength(path.getTotalLength())"
        ".matrixTransform(path.getScreenCTM()); return [end.x, end.y]; })"
        "([...document.querySelector('.plot[tabindex]').querySelectorAll('path[stroke]')]"
        ".filter(p => getComputedStyle(p).stroke === 'rgb(213, 94, 0)' && p.getTotalLength() > 100)[0])")
    expect(abs(ring[0] - drawn[0]) < 2 and abs(ring[1] - drawn[1]) < 2,
           f"the ring is at {ring}, the end of the curve at {drawn}")
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    expect(browser.evaluate(tip) == "", "values stay when the pointer is gone")
    browser.evaluate("document.querySelector('.plot[tabindex]').focus()")
    browser.key("ArrowRight")
    start = browser.evaluate(tip)
    browser.key("ArrowRight")
    second = browser.evaluate(tip)
    expect(f"= {first['curves'][0]['x'][1]:g}" in second and start != second,
           f"the second value from the keyboard is {second!r}, after {start!r}")
    browser.key("Escape")
    expect(browser.evaluate(tip) == "", "values stay after Escape")
    links = browser.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
    for link in links:
        expect(link.startswith("#") or (page.parent / link).exists(), f"{link} is not there")
    expect(sum(link.endswith(".csv") for link in links) >= 3, "no CSV one click away")
    return failures


@contextlib.contextmanager
def opened(chromium):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(chromium, profile)
        try:
            yield browser
        finally:
            browser.process.kill()
            browser.process.wait()


def main():
    global DEADLINE
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser",
                                                    "google-chrome"))), None)
    if chromium is None:
        print("skipped: no chromium (Debian: apt install chromium)")
        return 77
    if sys.argv[1] == "--pages":
        failures = []
        for page in map(pathlib.Path, sys.argv[2:]):
            DEADLINE = time.monotonic() + 200
            with opened(chromium) as browser:
                browser.open(page.resolve().as_uri())
                failures += [f"{page}: {what}"
                             for what in readable_by_all(browser) + noise(browser, page.resolve())]
        print("\n".join(failures) or f"{len(sys.argv) - 2} pages can be read by all")
        return bool(failures)
    directory = pathlib.Path(sys.argv[2]).resolve()
    shutil.rmtree(directory, ignore_errors=True)
    subprocess.run([sys.argv[1], str(directory)], check=True, stdout=subprocess.DEVNULL)
    page = directory / "index.html"
    size = page.stat().st_size
    failures = [] if size < 3_000_000 else [f"the page has {size} bytes"]
    text = page.read_text(encoding="utf-8")
    external = [url for url in re.findall(r'(?:src|href)="([^"]*)"', text)
                if not url.startswith(("plots/", "#", "data:"))]
    failures += [f"refers to {url}" for url in external]
    with opened(chromium) as browser:
        failures += check(page, browser)
        failures += readable_by_all(browser, sys.argv[3] if len(sys.argv) > 3 else None)
        failures += noise(browser, page)
    print("\n".join(failures) or f"the page works ({size} bytes)")
    return bool(failures)


sys.exit(main())
