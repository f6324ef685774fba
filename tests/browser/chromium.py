"""A headless Chromium for the tests: pages from a folder by way of a server on loopback, scripts in them, screenshots.

It is driven by its debugging pipe: messages in JSON, each ended by a zero byte."""
import base64
import fcntl
import functools
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77
LIMIT = 100


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def need(condition, *why):
    if not condition:
        sys.exit("FAILED: " + " ".join(map(str, why)))


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Chromium:
    def __init__(self, folder, width=1400, height=900):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if not program:
            skip("no chromium to look at pages with")
        self.work = tempfile.TemporaryDirectory()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=os.fspath(folder)))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self._start([program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", f"--window-size={width},{height}", "--remote-debugging-pipe",
                     f"--user-data-dir={self.work.name}"])
        # A browser that hangs must not hang the test.
        self.timer = threading.Timer(LIMIT, self.process.kill)
        self.timer.daemon = True
        self.timer.start()
        self.number, self.session, self.pending, self.warnings = 0, None, b"", []

    def _start(self, command):
        """Its ends of the pipes must be the descriptors 3 and 4; ours must not be in their way."""
        theirs, ours = os.pipe()
        back, ours_back = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (theirs, ours, back, ours_back)]
        for fd in (theirs, ours, back, ours_back):
            os.close(fd)

        def place():
            os.dup2(high[0], 3)
            os.dup2(high[3], 4)

        # pylint: disable=subprocess-popen-preexec-fn
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, preexec_fn=place, pass_fds=(3, 4))
        os.close(high[0])
        os.close(high[3])
        self.write, self.read = os.fdopen(high[1], "wb", 0), os.fdopen(high[2], "rb", 0)

    def _message(self):
        while b"\0" not in self.pending:
            data = self.read.read(1 << 16)
            need(data, "the browser ended")
            self.pending += data
        first, self.pending = self.pending.split(b"\0", 1)
        return json.loads(first)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.write.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self.number:
                need("error" not in answer, method, answer.get("error"))
                return answer["result"]
            self._hear(answer)

    def _hear(self, event):
        """What the page complains of."""
        if event.get("method") == "Runtime.consoleAPICalled" and event["params"]["type"] in ("warning", "error", "assert"):
            self.warnings.append(" ".join(str(a.get("value", a.get("description"))) for a in event["params"]["args"]))
        if event.get("method") == "Runtime.exceptionThrown":
            self.warnings.append(event["params"]["exceptionDetails"]["text"])

    def open(self, path):
        """A page of the folder."""
        self.warnings = []
        if not self.session:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self.call("Page.enable")
            self.call("Runtime.enable")
        self.call("Page.navigate", url=f"http://127.0.0.1:{self.server.server_port}/{path}")

    def ask(self, script):
        """The value of an expression in the page, or what its promise comes to."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        need("exceptionDetails" not in answer, script, json.dumps(answer.get("exceptionDetails"))[:2000])
        return answer["result"].get("value")

    def wait(self, script, seconds=40):
        """Until the expression holds."""
        end = time.monotonic() + seconds
        while not self.ask(script):
            need(time.monotonic() < end, "not within", seconds, "s:", script)
            time.sleep(0.1)

    def key(self, key, code, number, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code, windowsVirtualKeyCode=number,
                      text=text if kind == "keyDown" else "")

    def screenshot(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self):
        self.timer.cancel()
        self.process.terminate()
        self.process.wait()
        self.server.shutdown()
        self.server.server_close()
        self.work.cleanup()
