"""What the boot tests know of ext4: images with files whose sums are known, and what the host finds in them afterwards."""
import hashlib
import shutil
import subprocess

import debian


def make_image(tree, image, size):
    """The image of a folder."""
    if not shutil.which("mke2fs") or not shutil.which("e2fsck"):
        debian.skip("no e2fsprogs to make and check a file system with")
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, image, size], check=True, stdout=subprocess.DEVNULL)
    return image


def known_image(work, size, pieces):
    """An image whose file `big` has the sum in its file `sums`, beside a file `gone`; and what `big` holds."""
    tree = work / "tree"
    tree.mkdir()
    big = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(pieces))
    (tree / "big").write_bytes(big)
    (tree / "gone").write_bytes(big[:100000])
    (tree / "sums").write_text(f"{hashlib.md5(big).hexdigest()}  big\n")
    return make_image(tree, work / "disk.ext4", size), big


def is_clean(image):
    checked = subprocess.run(["e2fsck", "-fn", image], capture_output=True, text=True, check=False)
    if checked.returncode:
        print("FAILED: the host finds the file system unclean:", checked.stdout)
    return checked.returncode == 0


def content(image, path):
    return subprocess.run(["debugfs", "-R", f"cat {path}", image], capture_output=True, check=False).stdout
