"""What the boot tests share: Debian's packages for arm64, programs built for the guest, and runs of the machine."""
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FETCH = HERE.parents[1] / "tools" / "fetch_package"
SKIPPED = 77
CROSS = "aarch64-linux-gnu-gcc"


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def package(name):
    """The folder into which the package was unpacked."""
    fetched = subprocess.run([FETCH, name], capture_output=True, text=True, check=False)
    if fetched.returncode:
        skip(fetched.stderr.strip())
    return pathlib.Path(fetched.stdout.strip())


def kernel(meta="linux-image-arm64"):
    """Debian's kernel image: the one that the package `meta` stands for now."""
    if not shutil.which("apt-cache"):
        skip("no apt-cache to find Debian's kernel with")
    shown = subprocess.run(["apt-cache", "show", f"{meta}:arm64"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"^Depends: (linux-image-\S+)", shown, re.M)
    if not found:
        skip(f"apt knows no {meta}:arm64; try: dpkg --add-architecture arm64 && apt-get update")
    images = list((package(found[1] + ":arm64") / "boot").glob("vmlinuz-*"))
    if not images:
        skip(f"{found[1]} has no kernel image")
    return images[0]


def modules(image, *names):
    """The modules, and those that they need, as (name, bytes) in the order in which they can be loaded. What is not there is
    built in."""
    files = {path.name.split(".ko")[0].replace("-", "_"): path
             for path in (image.parents[1] / "lib" / "modules").rglob("*.ko*")}
    order = {}

    def add(name):
        name = name.replace("-", "_")
        if name in order or name not in files:
            return
        code = files[name].read_bytes()
        code = lzma.decompress(code) if files[name].suffix == ".xz" else code
        needs = re.search(rb"\0depends=([^\0]*)\0", b"\0" + code)
        for need in needs[1].decode().split(",") if needs else []:
            add(need)
        order[name] = code

    for name in names:
        add(name)
    return list(order.items())


def busybox():
    return (package("busybox-static:arm64") / "bin" / "busybox").read_bytes()


def build(program, *sources):
    """Compile a static program for the guest."""
    if not shutil.which(CROSS):
        skip(f"no {CROSS} to build the guest's program with")
    made = subprocess.run([CROSS, "-static", "-O2", "-Wall", "-Werror", "-o", program, *(HERE / s for s in sources)],
                          capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(f"FAILED: {CROSS}: {made.stderr}")
    return pathlib.Path(program).read_bytes()


def has_network(hypscope):
    """Whether this build has one."""
    done = subprocess.run([os.fspath(hypscope), "run", "--quiet", "--net", "user", "hello"], capture_output=True, text=True, check=False)
    return "this build has no network" not in done.stderr


def run(command, limit=200):
    """Run to the end; the console as text, and the exit status. What hypscope says goes through."""
    try:
        done = subprocess.run([os.fspath(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              timeout=limit, check=False)
    except subprocess.TimeoutExpired as late:
        sys.exit(f"FAILED: not done after {limit} s; the console's end:\n{text_of(late.stdout or b'')[-2000:]}")
    return text_of(done.stdout), done.returncode


def text_of(console):
    return console.decode(errors="replace").replace("\r", "").replace("\0", "")


def judge(console, status, wants):
    """Every pattern of `wants` is on the console, in this order, and the machine powered itself off."""
    at, failed = 0, status != 0
    for want in wants:
        found = re.compile(want, re.M).search(console, at)
        if found:
            at = found.end()
        else:
            print(f"FAILED: no /{want}/ where it should be")
            failed = True
    if failed:
        print(f"FAILED: exit status {status}; the console's end:\n{console[-4000:]}")
    return not failed
