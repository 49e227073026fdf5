"""A script that was made small does the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from xaikit.widgets.kit.squeeze import squeeze, without_unused

SCRIPT = r"""
const greeting = "two  spaces, and { braces }";
const pattern = (text) => text.match(/[\d.]+\/ x/g) || [];
function describe({ signal, urls: addresses, ...others }, [first, second = 2], index = 1) {
  const quotient = index / 2 / 5;
  const text = `${signal} ${`inner ${addresses}`} } ${first - -second} ${quotient}`;
  return { signal, text, second, others, size: { width: index }, describe(width) { return width + index; } };
}
const holder = { get nodes() { return greeting.length; }, signal: 1 };
let counter = 0;
for (const [name, value] of Object.entries({ a: 1, b: 2 })) counter += name === "a" ? value : value * 10;
const said = describe({ signal: "s", urls: "u", more: [1, 2] }, [3]);
switch (said.signal) {
  case "s":
    counter++;
    break;
  default:
    counter = -1;
}
const idle = () => fallback;
const fallback = 0.5;
function shadows(limit) {
  const within = (value) => value <= limit && value !== undefined;
  return [counter, limit, fallback].filter(within).concat(true === false, 10.5, { true: null }.true);
}
for (const [key, told] of [["x", 1], ["y", 2]]) if (key === "x") counter += told; else counter += idle();
const all = [shadows(3), greeting, pattern("1.5/ x and 2"), said, said.describe(4), holder.nodes, counter];
console.log(JSON.stringify(all));
export default { describe };
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_it_does_the_same(tmp_path: Path) -> None:
    said = []
    for name, source in (("long", SCRIPT), ("short", squeeze(without_unused(SCRIPT)))):
        path = tmp_path / f"{name}.mjs"
        path.write_text(source, encoding="utf-8")
        said.append(subprocess.run(["node", path], check=True, capture_output=True, text=True).stdout)
    assert said[0] == said[1]
    assert "two  spaces" in said[0]


def test_it_is_smaller_and_keeps_what_others_call_by_name() -> None:
    small = squeeze(SCRIPT)
    assert len(small) < 0.75 * len(SCRIPT)
    words = set(re.findall(r"[A-Za-z]+", re.sub(r'"[^"]*"', "", small)))
    assert {"signal", "urls", "nodes", "describe", "width", "JSON", "match"} <= words
    assert not {"greeting", "pattern", "addresses", "quotient", "counter"} & words


def test_a_shortened_name_is_one_that_nothing_else_has() -> None:
    assert squeeze("const first = a + b;") == "let c=a+b;"


def test_variables_of_different_statements_may_share_a_name_but_those_of_the_script_may_not() -> None:
    source = "const f = (x) => x + 1;\nfunction g(y) {\n  return y;\n}\nconst h = (z) => f(z);"
    assert squeeze(source) == "let a=b=>b+1;function b(a){return a}\nlet c=b=>a(b);"


@pytest.mark.parametrize("body", ["if (k) a(p); else b(k);", "do a(p); while (b(k));"])
def test_a_statement_goes_on_after_a_sign_that_could_end_it(body: str) -> None:
    small = squeeze(f"function b(q) {{}} const y = 1; for (const [k, p] of z) {body}")
    function, *loop = re.findall(r"function (\w)|let\[(\w),(\w)\]", small)
    assert function[0] not in loop[0][1:]


@pytest.mark.parametrize(
    ("source", "rest"),
    [
        ("const f = (x) => x;\ng();", "g();"),
        ("function f() {\n  return 1;\n}\ng();", "function f() {\n  return 1;\n}\ng();"),
        ("function f() { h(); }\nconst h = () => { f(); };\nconst T = `t`;\ng(T);", None),
        ("function e() { return N; }\nconst N = 0.5;\nconst M = 2;\ng(M);", "const M = 2;\ng(M);"),
        ("const f = (x) => x, h = g();\ng();", None),
        ("const f = g((x) => x);\nconst [h] = [1];\nlet n = 1;", None),
        ("const f = (x) => f(x);\nconst k = a.f;", None),
    ],
)
def test_only_functions_texts_and_numbers_that_nothing_mentions_stay_behind(
    source: str, rest: str | None
) -> None:
    assert without_unused(source) == (source if rest is None else rest)


@pytest.mark.parametrize(
    ("source", "small"),
    [
        ("const a = 1;\nconst b = 2;\nlet c = 3;\nlet d = 4;\n", "let a=1,b=2,c=3,d=4;"),
        (
            "const f = (x) => {\n  const y = x;\n  return y;\n};\nconst z = [\n  f,\n  f(\n    f,\n  ),\n];",
            "let a=b=>{let c=b;return c},b=[a,a(a)];",
        ),
        ("for (const one of a) one.b();\nconst c = 1;", "for(let b of a)b.b();let b=1;"),
        ("const f = () => (x) => { return (y) => x + y; };", "let c=()=>a=>{return b=>a+b};"),
        ("const f = async (x) => x;", "let b=async(a)=>a;"),
        (
            "x(true, { false: undefined }, 0.5, 10.5, a ? 0.5 : b.true);",
            "x(!0,{false:void 0},.5,10.5,a?.5:b.true);",
        ),
        ("for (let i = 0; ; i += 1) { if (i > 2) break; }", "for(let a=0;;a+=1){if(a>2)break}"),
    ],
)
def test_signs_and_words_that_nothing_needs_go(source: str, small: str) -> None:
    assert squeeze(source) == small


def test_what_it_cannot_read_it_refuses() -> None:
    with pytest.raises(ValueError, match="cannot be read as JavaScript"):
        squeeze("const text = 'single quotes';")
