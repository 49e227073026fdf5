"""Make a script small without changing what it does: every saved notebook holds a copy of it.

Needless spaces and signs go, words that can be written shorter are, declarations in a row become one, and
the variables that the script declares itself get short names. A variable is called alike everywhere, so no
scope has to be understood: it is enough to tell variables from keys and properties, which keep their names,
and two that no statement of the script holds together may share a short name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import count, islice, pairwise
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
_SHORTER = {"const": "let", "true": "!0", "false": "!1", "undefined": "void 0"}
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
    instead = _spared(written)
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


def without_unused(source: str) -> str:
    """Return a script without those of its functions, texts and numbers that nothing else in it mentions."""
    tokens = list(_tokens(source))
    statements = defaultdict[int, list[_Token]](list)
    outer = defaultdict[int, list[str]](list)  # what of each statement stands in no bracket
    for token, (number, depth) in zip(tokens, _statements(tokens), strict=True):
        statements[number].append(token)
        if not depth and token.kind != "space":
            outer[number].append(token.text)
    held = {number: {token.text for token in statement} for number, statement in statements.items()}
    makes = {number: _made_by(outer[number]) for number in statements}
    uses = Counter(text for texts in held.values() for text in texts)
    while idle := [number for number in held if uses[makes[number]] == 1]:
        for number in idle:
            uses.subtract(held.pop(number))
    return "".join(token.text for number in held for token in statements[number])


def _made_by(outer: Sequence[str]) -> str:
    """The name of the function, text or number that a statement makes, if that is all it does; else ""."""
    match outer:
        case ["function", name, "(", ")", "{", "}"]:
            return name
        case ["const", name, "=", "(", ")", "=>", *body, ";"] if "," not in body:
            return name
        case ["const", name, "=", value, ";"] if value[0] in '"`0123456789':
            return name
    return ""


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
        elif text in ("let", ";"):
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
    if role == "word":
        return _SHORTER.get(token.text, token.text)
    if role == "variable" or (role == "shorthand" and token.text not in short):
        return short.get(token.text, token.text)
    if role == "shorthand":
        return f"{token.text}:{short[token.text]}"
    return token.text.removeprefix("0") if token.text.startswith("0.") else token.text


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
    """What each token is: "variable", "shorthand" ({name}, a key as well), "word" of the language, or ""."""
    braces = [False]  # for each bracket that is open, whether it is that of an object
    for i, (kind, text) in enumerate(tokens):
        before = tokens[i - 1].text if i else ""
        after = tokens[i + 1].text if i + 1 < len(tokens) else ""
        if kind == "sign" and text in "([{":
            braces.append(text == "{" and before not in _BEFORE_BLOCK)
        elif kind == "sign" and text in ")]}":
            braces.pop()
        in_object = braces[-1] and before in ("{", ",", "get", "set", "async")
        if kind != "name" or before in (".", "?.") or (in_object and after in (":", "(")):
            yield ""
        elif text in _WORDS:
            yield "word"
        else:
            yield "shorthand" if in_object and after in (",", "}", "=") else "variable"


def _short_names(tokens: Sequence[_Token], roles: Sequence[str]) -> dict[str, str]:
    """{variable that the script declares: its short name}, the shortest for the most frequent."""
    variables = [i for i, role in enumerate(roles) if role in ("variable", "shorthand")]
    uses = Counter(tokens[i].text for i in variables)
    declared = _declared(tokens) & uses.keys()
    free = list(islice(_free_names((uses.keys() - declared) | _WORDS), len(declared)))
    places = _places(tokens, variables)
    taken, short = defaultdict[int, set[str]](set), dict[str, str]()
    for name in sorted(declared, key=lambda name: (-uses[name], name)):
        others = set[str]().union(*(taken[place] for place in places[name]))
        short[name] = next(one for one in free if one not in others)
        for place in places[name]:
            taken[place].add(short[name])
    return short


def _places(tokens: Sequence[_Token], variables: Sequence[int]) -> dict[str, set[int]]:
    """{variable: places}, so that two may be called alike where they have no place in common.

    Such places are the statements of the script that hold them, by their numbers; and one more, 0, for all
    variables of the script itself: any statement could mean them.
    """
    places = defaultdict[str, set[int]](set)
    statements = list(_statements(tokens))
    for i in variables:
        places[tokens[i].text].add(statements[i][0])
    for i, (_, depth) in enumerate(statements):
        if not depth and tokens[i].text in ("const", "let", "function"):
            for name in _names_from(tokens, i + 1):
                places[name].add(0)
    return places


def _statements(tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """The number of the statement that holds a token, from 1, and how many brackets are open; for each token.

    Statements count as one where it cannot be told from two tokens that the first is at its end.
    """
    number, depth, last = 1, 0, ""  # last: the token before this one, if it stood in no bracket
    for kind, text in tokens:
        if kind == "space":
            yield number, depth
            continue
        ended = last == ";" and text not in ("else", "while")
        number += ended or (last == "}" and text in ("const", "let", "function", "export"))
        depth -= kind == "sign" and text in (")", "]", "}")
        yield number, depth
        last = "" if depth else text
        depth += kind == "sign" and text in ("(", "[", "{")


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
