import assert from "node:assert/strict";
import { test } from "node:test";
import { around, buttonOf, classed, dataUrl, el, focusOn, focused, followTheme, inPixels, keepKeys, placeIn, set, tooltip, urlMemory, whenSized, writeOn } from "../../xaikit/widgets/kit/js/dom.js";
import { fire, key, media, onPage, settled, theme, widen } from "./browser.js";

const EVIL = '<img src=x onerror="alert(1)">';
const PNG = [0x89, 0x50, 0x4e, 0x47, 13, 10];

test("an attribute is there, empty or away; one of accessibility says true and false", () => {
  const node = el("p", { gone: "1", off: "", "aria-label": "x" });
  set(node, { gone: null, off: false, on: true, tabindex: 0, "aria-label": undefined, "aria-pressed": false, "aria-checked": true });
  assert.deepEqual(node.attributes, { on: "", tabindex: "0", "aria-pressed": "false", "aria-checked": "true" });
});

test("what is not there is no child", () => {
  const box = classed("div", "xk-a", "text", null, el("span"));
  assert.deepEqual([box.tag, box.attributes.class, box.childNodes.length], ["div", "xk-a", 2]);
});

test("text is never markup", () => {
  const box = el("p", { title: EVIL }, EVIL);
  assert.deepEqual([box.textContent, box.children.length, box.attributes.title], [EVIL, 0, EVIL]);
});

test("a button sends no form, and keeps what it is given", () => {
  const button = buttonOf("xk-b", { "data-row": 3, disabled: false }, "go");
  assert.deepEqual(button.attributes, { type: "button", class: "xk-b", "data-row": "3" });
  assert.equal(button.textContent, "go");
});

test("a line is hidden while it is empty, and written only where it changes", () => {
  const line = el("p");
  writeOn(line, "careful");
  const before = line.firstChild;
  writeOn(line, "careful");
  assert.deepEqual([line.textContent, line.hidden, line.firstChild === before], ["careful", false, true]); // or it is read out again
  writeOn(line);
  assert.deepEqual([line.textContent, line.hidden], ["", true]);
});

test("around what is no element there is nothing", () => {
  const inner = el("b");
  const box = el("p", {}, inner);
  assert.deepEqual([around(null, "p"), around({ nodeType: 9 }, "p"), around(inner, "i")], [null, null, null]);
  assert.equal(around(inner, "p"), box);
});

test("an event and an element are somewhere in the root", () => {
  const at = (left, top, width = 0) => Object.assign(el("p"), { room: { left, top, width, height: 0 } });
  assert.deepEqual(placeIn(at(10, 20), { clientX: 15, clientY: 26 }), { x: 5, y: 6 });
  assert.deepEqual(placeIn(at(10, 20), at(30, 50, 8)), { x: 24, y: 30 });
  const { width, height } = inPixels(el("p"), { width: 2, height: 3 });
  assert.deepEqual([width, height], ["2px", "3px"]);
});

test("a picture is a PNG, a JPEG or a WebP file; what could hold a script is none", () => {
  const view = (bytes) => new DataView(Uint8Array.from(bytes).buffer);
  assert.equal(dataUrl(view(PNG)), `data:image/png;base64,${Buffer.from(PNG).toString("base64")}`);
  assert.match(dataUrl(view([0xff, 0xd8, 0xff, 0])), /^data:image\/jpeg;base64,/);
  assert.match(dataUrl(view([0x52, 0x49, 0x46, 0x46])), /^data:image\/webp;base64,/);
  assert.equal(dataUrl(new DataView(Uint8Array.from([1, 2, ...PNG]).buffer, 2)), dataUrl(view(PNG))); // from the middle of a message
  const svg = new TextEncoder().encode("<svg onload='alert(1)'/>");
  for (const none of [null, undefined, new ArrayBuffer(0), view(PNG.slice(0, 3)), svg]) assert.equal(dataUrl(none), "");
});

test("a long picture is whole", () => {
  const bytes = Uint8Array.from({ length: 20000 }, (_, i) => PNG[i] ?? i % 251);
  assert.equal(Buffer.from(dataUrl(bytes.buffer).split(",")[1], "base64").compare(Buffer.from(bytes)), 0);
});

test("the address of a picture is made once", () => {
  const [urls, bytes] = [urlMemory(), Uint8Array.from(PNG)];
  const before = urls(bytes);
  bytes[0] = 0;
  assert.deepEqual([urls(bytes), urls(undefined)], [before, ""]);
});

test("a widget is drawn when it has a width, and when that changes", () => {
  const [root, widths, life] = [onPage(el("div")), [], new AbortController()];
  whenSized(root, (width) => widths.push(width), life.signal);
  [0, 616.7, 616.7, 0, 616.2, 316].forEach((width) => widen(root, width)); // 0: scrolled out of sight
  assert.deepEqual(widths, [600, 300]);
  life.abort();
  widen(root, 900);
  assert.equal(widths.length, 2);
});

test("where the ink is light the widget is dark, also when the theme changes later", async (t) => {
  t.after(() => { theme.color = "rgb(0, 0, 0)"; });
  const [root, life] = [onPage(el("div")), new AbortController()];
  followTheme(root, life.signal);
  assert.equal(root.dataset.theme, "light");
  theme.color = "rgb(240, 240, 240)";
  document.body.setAttribute("data-jp-theme-light", "false"); // JupyterLab's
  await settled();
  assert.equal(root.dataset.theme, "dark");
  theme.color = "rgb(0, 0, 0)";
  fire(media, "change"); // the system's
  assert.equal(root.dataset.theme, "light");
  life.abort();
  theme.color = "rgb(240, 240, 240)";
  fire(media, "change");
  assert.equal(root.dataset.theme, "light");
});

test("keys in a widget do not reach the notebook", () => {
  const [notebook, button, heard] = [el("div"), el("button"), []];
  const root = el("div", {}, button);
  notebook.append(root);
  keepKeys(root, new AbortController().signal);
  notebook.addEventListener("keydown", (event) => heard.push(event.key));
  key("d", button);
  assert.deepEqual(heard, []);
});

test("a note stays inside the widget, above its place or else below", () => {
  const root = onPage(el("div"));
  const tip = tooltip(root);
  const box = root.lastChild;
  root.room = { left: 0, top: 0, width: 400, height: 300 };
  box.room = { left: 0, top: 0, width: 100, height: 40 };
  const placeOf = (x, y) => {
    tip.show(EVIL, x, y);
    return [box.style.left, box.style.top];
  };
  assert.deepEqual(placeOf(200, 200), ["150px", "146px"]);
  assert.deepEqual(placeOf(5, 10), ["4px", "28px"]);
  assert.deepEqual(placeOf(399, 200), ["296px", "146px"]);
  assert.deepEqual([box.hidden, box.textContent, box.children.length, box.attributes.role], [false, EVIL, 0, "status"]);
  tip.show("a patch", 10, 10, "data:x");
  assert.deepEqual([box.children[0].src, box.textContent], ["data:x", "a patch"]);
  tip.hide();
  assert.ok(box.hidden);
});

test("what gets the focus has it", () => {
  const button = onPage(el("button"));
  focusOn(button);
  assert.equal(focused(button), button);
});
