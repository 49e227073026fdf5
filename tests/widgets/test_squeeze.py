"""A script that was made small does the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from xaikit.widgets.kit.squeeze import squeeze

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
const all = [greeting, pattern("1.5/ x and 2"), said, said.describe(4), holder.nodes, counter];
console.log(JSON.stringify(all));
export default { describe };
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_it_does_the_same(tmp_path: Path) -> None:
    said = []
    for name, source in (("long", SCRIPT), ("short", squeeze(SCRIPT))):
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
    assert squeeze("const first = a + b;") == "const c=a+b;"


@pytest.mark.parametrize(
    ("source", "small"),
    [
        ("const a = 1;\nconst b = 2;\nlet c = 3;\nlet d = 4;\n", "const a=1,b=2;let c=3,d=4;"),
        (
            "const f = (x) => {\n  const y = x;\n  return y;\n};\nconst z = [\n  f,\n  f(\n    f,\n  ),\n];",
            "const a=b=>{const c=b;return c},d=[a,a(a)];",
        ),
        ("for (const one of a) one.b();\nconst c = 1;", "for(const b of a)b.b();const c=1;"),
        ("const f = () => (x) => { return (y) => x + y; };", "const c=()=>a=>{return b=>a+b};"),
        ("const f = async (x) => x;", "const b=async(a)=>a;"),
        ("for (let i = 0; ; i += 1) { if (i > 2) break; }", "for(let a=0;;a+=1){if(a>2)break}"),
    ],
)
def test_signs_and_words_that_nothing_needs_go(source: str, small: str) -> None:
    assert squeeze(source) == small


def test_what_it_cannot_read_it_refuses() -> None:
    with pytest.raises(ValueError, match="cannot be read as JavaScript"):
        squeeze("const text = 'single quotes';")
