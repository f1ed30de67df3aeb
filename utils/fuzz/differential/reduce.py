# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Makes a module smaller as long as it still runs differently."""

from tree import Node, constant


def trivial(kind):
    """The simplest replacement of an expression; None where only its own parts may replace it."""
    if kind in ("i", "l", "f", "d", "v"):
        return Node(kind, *constant(kind, 0).parts)
    return Node("") if kind == "" else None


def descendants(node):
    for part in node.parts:
        if isinstance(part, Node):
            yield part
            yield from descendants(part)


def nodes_of(function):
    found = []
    for part in function.body:
        found.append(part)
        found += descendants(part)
    return found


def candidates(node):
    """Parts for `node`: nothing or zero, then nodes inside of the same type."""
    simple = trivial(node.kind)
    if simple is not None and bytes(simple) != bytes(node):
        yield simple.parts
    inside = [other for other in descendants(node) if other.kind == node.kind]
    for other in inside[:6]:
        yield list(other.parts)


def shrink_function(module, function, different):
    """One pass from large nodes to small ones; returns the last difference, None if nothing could go."""
    last = None
    position = 0
    while position < len(nodes := nodes_of(function)):
        node, before = nodes[position], nodes[position].parts
        for parts in candidates(node):
            node.parts = parts
            text = different(module.encode())
            # A module that Node.js refuses is not valid.
            if text and "Node.js" not in text:
                last = text
                break
            node.parts = before
        position += 1
    return last


def reduce_module(module, function, different):
    """The smallest module found, as bytes, and how it differs; `different` tells that of bytes, or None. `function` is where to begin."""
    text = different(module.encode())
    if not text:
        return None, None
    order = sorted(range(len(module.functions)), key=lambda index: index == function)
    for index in order:
        # First all of a function that need not be there, which then traps.
        if index == function:
            continue
        body = module.functions[index].body
        module.functions[index].body = [Node("", b"\x00")]
        attempt = different(module.encode())
        if attempt and "Node.js" not in attempt:
            text = attempt
        else:
            module.functions[index].body = body
    while True:
        shrunk = [shrink_function(module, each, different) for each in module.functions if bytes(each.encode()) and len(nodes_of(each)) > 1]
        found = [attempt for attempt in shrunk if attempt]
        if not found:
            return module.encode(), text
        text = found[-1]
