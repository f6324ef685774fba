"""Talking to U-Boot."""
IMAGE = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"  # of the package u-boot-qemu
PROMPT = b"\n=> "


def start(console):
    """From power-on to the prompt."""
    console.until(b"Hit any key to stop autoboot:")
    console.type("\r")
    console.until(PROMPT)


def talk(console, dialogue):
    """Whether every command's answer holds what it must."""
    good = True
    for command, wants in dialogue:
        console.type(command + "\r")
        answer = console.until(PROMPT)
        for want in wants:
            if want not in answer:
                print(f"FAILED: {command}: no {want!r} in\n{answer.decode(errors='replace')}")
                good = False
    return good
