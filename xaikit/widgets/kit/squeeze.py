"""Make a script small without changing what it does: every saved notebook holds a copy of it.

Needless spaces and signs go, declarations in a row become one, and the variables that the script declares
itself get short names. A variable is called alike everywhere, so no scope has to be understood: it is enough
to tell variables from keys and properties, which keep their names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from string import ascii_letters
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>"(?:[^"\\\n]|\\.)*")
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<sign>=>|\.\.\.|\?\.|[-+*/%&|^=!<>?]+|.)""",
    re.VERBOSE,
)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_ONE_NAME = re.compile(r"(?:(?!async ).* )?\( [\w$]+ \)", re.DOTALL)  # all that a function takes
_BEFORE_PATTERN = ("(", ",", "=", ":", "!", "&&", "||", "?", "return", "=>")
_BEFORE_BLOCK = (")", "=>", "{", "}", ";", "else", "try", "finally", "do", "")
_GOES_ON = ("{", "(", "[", ",", ";", ":", "?")  # no statement ends here, so the line may
_WORDS = frozenset(
    "arguments async await break case catch class const continue default delete do else export false finally "
    "for function get if in instanceof let new null of return set static super switch this throw true try "
    "typeof undefined void while".split()
)


class _Token(NamedTuple):
    kind: str
    text: str


def squeeze(source: str) -> str:
    """Return a script that does the same, smaller.

    Limits
    ------
    For the plain modules of this package: semicolons end all statements, texts stand in double quotes or
    backticks, no statement and no place of a list is empty, and no name is declared that is also used without
    being declared ("document", "name").
    """
    tokens = list(_tokens(source))
    meant = [token for token in tokens if token.kind != "space"]
    roles = list(_roles(meant))
    short = _short_names(meant, roles)
    written = [_written(token, role, short) for token, role in zip(meant, roles, strict=True)]
    instead = _spared([token.text for token in meant])
    parts, place, gap = [""], 0, ""
    for token in tokens:
        if token.kind == "space":
            gap += token.text
            continue
        if text := instead.get(place, written[place]):
            parts += [_needed(parts[-1], gap, text), text]
            gap = ""
        place += 1
    return "".join(parts)


def _spared(texts: Sequence[str]) -> dict[int, str]:
    """{place: what is written there instead}, for signs and words that the script can do without."""
    instead = dict[int, str]()
    declaring = [""]  # for each open bracket, the word that the statement under way in it declares with
    for i, (text, after) in enumerate(pairwise([*texts, ""])):
        if (text in (",", ";") and after == "}") or (text == "," and after in (")", "]")):
            instead[i] = ""
        elif text == ";" and after and after == declaring[-1]:
            instead |= {i: ",", i + 1: ""}
        elif text == "=>" and _ONE_NAME.fullmatch(" ".join(texts[max(i - 4, 0) : i])):
            instead |= {i - 3: "", i - 1: ""}
        if text in ("(", "[", "{"):
            declaring.append("")
        elif text in (")", "]", "}"):
            declaring.pop()
        elif text in ("const", "let", ";"):
            declaring[-1] = text.strip(";")
    return instead


def _needed(before: str, gap: str, after: str) -> str:
    """What has to stay of the space between two tokens."""
    if not gap or not before or before in _GOES_ON or after in (")", "]", "}", ","):
        return ""
    if "\n" in gap:
        return "\n"
    words = re.match(r"[\w$]", after) and re.search(r"[\w$]$", before)
    signs = re.match(r"[-+/]", after) and re.search(r"[-+/]$", before)
    return " " if words or signs else ""


def _written(token: _Token, role: str, short: dict[str, str]) -> str:
    if role == "variable" or (role == "shorthand" and token.text not in short):
        return short.get(token.text, token.text)
    return f"{token.text}:{short[token.text]}" if role == "shorthand" else token.text


def _tokens(source: str) -> Iterator[_Token]:
    """The script in pieces. What stands in `${…}` of a template is script, too."""
    at, last, depth, templates = 0, "", 0, list[int]()
    while at < len(source):
        if source[at] == "`" or (source[at] == "}" and templates and depth == templates[-1]):
            if source[at] == "}":
                templates.pop()
            end = _end_of_text(source, at + 1)
            if source[end - 1] == "{":
                templates.append(depth)
            token = _Token("text", source[at:end])
        else:
            match = _PATTERN.match(source, at) if last in _BEFORE_PATTERN else None
            token = _Token("text", match[0]) if match else _token_at(source, at)
            depth += (token.text == "{") - (token.text == "}")
        at += len(token.text)
        if token.kind != "space":
            last = token.text
        yield token


def _token_at(source: str, at: int) -> _Token:
    match = _TOKEN.match(source, at)
    if match is None or match[0] in ("'", '"', "`"):
        raise ValueError(f"this cannot be read as JavaScript: {source[at : at + 60]!r}")
    return _Token(str(match.lastgroup), match[0])


def _end_of_text(source: str, at: int) -> int:
    """Where a piece of a template ends: behind its closing backtick, or behind the "${" of what it holds."""
    while source[at] != "`" and not source.startswith("${", at):
        at += 2 if source[at] == "\\" else 1
    return at + (1 if source[at] == "`" else 2)


def _roles(tokens: Sequence[_Token]) -> Iterator[str]:
    """For each token "variable", "shorthand" ({name}, variable and key in one), or "" for everything else."""
    braces = [False]  # for each bracket that is open, whether it is that of an object
    for i, (kind, text) in enumerate(tokens):
        before = tokens[i - 1].text if i else ""
        after = tokens[i + 1].text if i + 1 < len(tokens) else ""
        if kind == "sign" and text in "([{":
            braces.append(text == "{" and before not in _BEFORE_BLOCK)
        elif kind == "sign" and text in ")]}":
            braces.pop()
        in_object = braces[-1] and before in ("{", ",", "get", "set", "async")
        if kind != "name" or text in _WORDS or before in (".", "?."):
            yield ""
        elif in_object and after in (":", "("):
            yield ""
        else:
            yield "shorthand" if in_object and after in (",", "}", "=") else "variable"


def _short_names(tokens: Sequence[_Token], roles: Sequence[str]) -> dict[str, str]:
    """{variable that the script declares: its short name}, the shortest for the most frequent."""
    uses = Counter(token.text for token, role in zip(tokens, roles, strict=True) if role)
    declared = {name for name in _declared(tokens) if name in uses}
    free = _free_names((set(uses) - declared) | _WORDS)
    return {name: next(free) for name in sorted(declared, key=lambda name: (-uses[name], name))}


def _declared(tokens: Sequence[_Token]) -> set[str]:
    """Names that the script declares: constants, variables, functions, and what functions take."""
    found = set[str]()
    for i, token in enumerate(tokens):
        if token.kind == "name" and token.text in ("const", "let", "function"):
            found |= _names_from(tokens, i + 1)
            if token.text == "function":
                found |= _names_from(tokens, i + 2)
        elif token.text == "=>":
            found |= _names_from(tokens, _start_of(tokens, i - 1))
    return found - _WORDS


def _names_from(tokens: Sequence[_Token], at: int) -> set[str]:
    """The name at a place, or those in the bracket that opens there, without its mere properties."""
    if tokens[at].kind == "name":
        return {tokens[at].text}
    if tokens[at].text not in ("(", "[", "{"):
        return set()
    found, depth = set[str](), 0
    for i in range(at, len(tokens)):
        depth += (tokens[i].text in ("(", "[", "{")) - (tokens[i].text in (")", "]", "}"))
        starts = tokens[i - 1].text in ("(", "[", "{", ",", "...", ":")
        if tokens[i].kind == "name" and starts and tokens[i + 1].text in (",", ")", "]", "}", "="):
            found.add(tokens[i].text)
        if not depth:
            break
    return found


def _start_of(tokens: Sequence[_Token], at: int) -> int:
    """Where the bracket begins that ends at a place."""
    depth = 0
    for i in range(at, -1, -1):
        depth += (tokens[i].text in (")", "]", "}")) - (tokens[i].text in ("(", "[", "{"))
        if not depth:
            return i
    return at


def _free_names(taken: set[str]) -> Iterator[str]:
    for n in count():
        text, rest = "", n
        while rest >= 0:
            text, rest = ascii_letters[rest % 52] + text, rest // 52 - 1
        if text not in taken:
            yield text
