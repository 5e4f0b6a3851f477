"""Enough of C++ to find functions: a brace scanner, not a parser.

Comments and literals are blanked first, with the line ends kept. A function is a brace block with a parameter list in front of
it, in a scope made of namespaces and types alone; a lambda belongs to the function around it.
"""

import dataclasses
import re


@dataclasses.dataclass
class Function:
    name: str
    line: int
    lines: int
    parameters: int


_TOKENS = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<raw>R"(?P<mark>[^()\s\\"]{0,16})\(.*?\)(?P=mark)")'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<char>(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')", re.S)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return _TOKENS.sub(lambda m: _blank(m.group(0)) if m.group("comment") else m.group(0), text)


def without_text(text):
    """Literals become empty ones of the same length; give it text without comments."""
    return _TOKENS.sub(lambda m: m.group(0) if m.group("comment") else '"' + _blank(m.group(0))[2:] + '"', text)


def _count_parameters(text):
    inside = text.strip()
    if not inside or inside == "void":
        return 0
    depth, count = 0, 1
    for c in inside:
        if c in "(<[{":
            depth += 1
        elif c in ")>]}":
            depth -= 1
        elif c == "," and depth == 0:
            count += 1
    return count


def _signature(head):
    """(name, parameters) if the text before a '{' declares a function, else None."""
    head = re.sub(r"^\s*#[^\n]*(?:\\\n[^\n]*)*", " ", head, flags=re.M)
    head = re.sub(r"\b(?:public|private|protected)\s*:", " ", head).strip()
    if re.match(r"(namespace|enum|extern\b|union)\b", head):
        return None
    if re.match(r"(?:template\s*<.*>\s*)?(class|struct)\b[^()]*$", head, re.S):
        return None
    open_at = None
    match = re.search(r"(~?[A-Za-z_][\w:~]*|operator\s*\S{1,3}|operator\(\))\s*\(", head)
    if not match:
        return None
    before = head[:match.start()]
    if "=" in before and "operator" not in head:
        return None  # an initialiser
    open_at = match.end() - 1
    depth = 0
    for at in range(open_at, len(head)):
        depth += {"(": 1, ")": -1}.get(head[at], 0)
        if depth == 0:
            return match.group(1), _count_parameters(head[open_at + 1:at])
    return None


def functions(text):
    text = without_text(without_comments(text))
    found = []
    scopes = []      # "scope" (namespace, type), "function", "other"
    head_from = 0
    started = []     # (name, parameters, line) of open functions
    parentheses = 0
    for at, c in enumerate(text):
        if c in "()":
            parentheses += 1 if c == "(" else -1
        elif c == "{":
            head = text[head_from:at]
            outside = all(s == "scope" for s in scopes)
            signature = _signature(head) if outside and parentheses == 0 else None
            if signature:
                scopes.append("function")
                line = text.count("\n", 0, at) + 1
                started.append((*signature, line))
            elif outside and parentheses == 0 and re.search(r"\b(namespace|class|struct|union|extern)\b", head):
                scopes.append("scope")
            else:
                scopes.append("other")
                continue  # a brace initialiser in a signature does not end its head
            head_from = at + 1
        elif c == "}" and scopes:
            kind = scopes.pop()
            if kind == "function":
                name, parameters, line = started.pop()
                end = text.count("\n", 0, at) + 1
                found.append(Function(name, line, end - line + 1, parameters))
            if kind != "other" or all(s == "scope" for s in scopes) and parentheses == 0 and text[at + 1:at + 2] in "\n":
                head_from = at + 1
        elif c == ";" and parentheses == 0:
            head_from = at + 1
    return found
