"""A device tree blob (Devicetree Specification, chapter 5) as Python objects, to add nodes to one."""
import struct

MAGIC, BEGIN, END, PROP, NOP, FINISH = 0xd00dfeed, 1, 2, 3, 4, 9


class Node:
    def __init__(self, name=""):
        self.name, self.properties, self.children = name, {}, []

    def child(self, name):
        """The child of that name; made, if it is not there."""
        for node in self.children:
            if node.name == name:
                return node
        self.children.append(Node(name))
        return self.children[-1]

    def cells(self, name, *values):
        self.properties[name] = b"".join(struct.pack(">I", value) for value in values)

    def strings(self, name, *values):
        self.properties[name] = b"".join(value.encode() + b"\0" for value in values)


def parse(blob):
    magic, _, structs, strings, _, version = struct.unpack_from(">6I", blob)
    if magic != MAGIC or version < 17:
        raise ValueError("not a device tree of version 17")
    at, stack, root = structs, [], None
    while True:
        token, = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN:
            end = blob.index(b"\0", at)
            node = Node(blob[at:end].decode())
            at = end + 4 - (end - structs) % 4
            if stack:
                stack[-1].children.append(node)
            root = root or node
            stack.append(node)
        elif token == PROP:
            size, name = struct.unpack_from(">2I", blob, at)
            start = strings + name
            stack[-1].properties[blob[start:blob.index(b"\0", start)].decode()] = blob[at + 8:at + 8 + size]
            at += 8 + size + -size % 4
        elif token == END:
            stack.pop()
        elif token == FINISH:
            return root
        elif token != NOP:
            raise ValueError(f"token {token} in the device tree")


def pack(root):
    names = bytearray()
    offsets = {}

    def name_of(text):
        if text not in offsets:
            offsets[text] = len(names)
            names.extend(text.encode() + b"\0")
        return offsets[text]

    def node_bytes(node):
        name = node.name.encode() + b"\0"
        out = struct.pack(">I", BEGIN) + name + bytes(-len(name) % 4)
        for key, value in node.properties.items():
            out += struct.pack(">3I", PROP, len(value), name_of(key)) + value + bytes(-len(value) % 4)
        return out + b"".join(node_bytes(child) for child in node.children) + struct.pack(">I", END)

    body = node_bytes(root) + struct.pack(">I", FINISH)
    head = 40 + 16  # the header and an empty memory reservation block
    total = head + len(body) + len(names)
    header = struct.pack(">10I", MAGIC, total, head, head + len(body), 40, 17, 16, 0, len(names), len(body))
    return header + bytes(16) + body + bytes(names)
