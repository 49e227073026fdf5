import assert from "node:assert/strict";
import { test } from "node:test";
import { around, buttonOf, classed, inPixels, placeIn, set, writeOn } from "../../xaikit/widgets/kit/js/dom.js";

// A stand-in for an element of the page, which counts how often its text is written.
class Element {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [], style: {}, hidden: false, text: "", written: 0 });
  }
  setAttribute(name, value) { this.attributes[name] = value; }
  removeAttribute(name) { delete this.attributes[name]; }
  append(...own) { this.children.push(...own); }
  get textContent() { return this.text; }
  set textContent(text) {
    this.text = text;
    this.written += 1;
  }
}
globalThis.document = { createElement: (tag) => new Element(tag) };

test("an attribute is there, empty or away; one of accessibility says true and false", () => {
  const node = new Element("p");
  node.attributes = { gone: "1", off: "", "aria-label": "x" };
  set(node, { gone: null, off: false, on: true, tabindex: 0, "aria-label": undefined, "aria-pressed": false, "aria-checked": true });
  assert.deepEqual(node.attributes, { on: "", tabindex: "0", "aria-pressed": "false", "aria-checked": "true" });
});

test("what is not there is no child", () => {
  const box = classed("div", "xk-a", "text", null, new Element("span"));
  assert.deepEqual([box.tag, box.attributes.class, box.children.length], ["div", "xk-a", 2]);
});

test("a button sends no form, and keeps what it is given", () => {
  const button = buttonOf("xk-b", { "data-row": 3, disabled: false }, "go");
  assert.deepEqual(button.attributes, { type: "button", class: "xk-b", "data-row": "3" });
  assert.deepEqual(button.children, ["go"]);
});

test("a line is hidden while it is empty, and written only where it changes", () => {
  const line = new Element("p");
  writeOn(line, "careful");
  writeOn(line, "careful");
  assert.deepEqual([line.text, line.hidden, line.written], ["careful", false, 1]);
  writeOn(line);
  assert.deepEqual([line.text, line.hidden], ["", true]);
});

test("around what is no element there is nothing", () => {
  assert.equal(around(null, "p"), null);
  assert.equal(around({ nodeType: 9 }, "p"), null);
  assert.equal(around({ closest: (selector) => `the ${selector}` }, "p"), "the p");
});

test("an event and an element are somewhere in the root", () => {
  const at = (left, top, width = 0) => ({ getBoundingClientRect: () => ({ left, top, width }) });
  assert.deepEqual(placeIn(at(10, 20), { clientX: 15, clientY: 26 }), { x: 5, y: 6 });
  assert.deepEqual(placeIn(at(10, 20), at(30, 50, 8)), { x: 24, y: 30 });
  assert.deepEqual(inPixels({ style: { top: "1px" } }, { width: 2, height: 3 }), { top: "1px", width: "2px", height: "3px" });
});
