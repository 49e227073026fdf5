// A stand-in for the browser, as far as widgets use one: elements, text, events, focus, frames, canvases. It lays nothing
// out: a test gives things their sizes (`room`), and the page its width (`widen`). What it does not know it refuses, so
// that no test passes because of it.
import { setMaxListeners } from "node:events";
import { afterEach } from "node:test";

setMaxListeners(0); // a widget's signal ends many listeners

const QUIET = ["focus", "blur", "pointerleave"]; // events that do not bubble
const FOCUSABLE = ["button", "input", "select", "a"];

class Listened {
  acts = [];
  addEventListener(type, act, { signal } = {}) {
    if (signal && signal.aborted) return;
    const one = { type, act };
    this.acts.push(one);
    if (signal) signal.addEventListener("abort", () => { this.acts = this.acts.filter((other) => other !== one); });
  }
  hear(event) { this.acts.filter(({ type }) => type === event.type).forEach(({ act }) => act(event)); }
}

class Text {
  constructor(text) { this.textContent = String(text); }
  remove() { detach(this); }
}

function detach(node) {
  if (node.parentElement) node.parentElement.childNodes = node.parentElement.childNodes.filter((one) => one !== node);
  node.parentElement = null;
}

const camel = (name) => name.slice(5).replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

export class Element extends Listened {
  constructor(tag) {
    super();
    Object.assign(this, { tag, attributes: {}, childNodes: [], parentElement: null, held: new Set(), seen: 0, scrollLeft: 0 });
    this.room = { left: 0, top: 0, width: 0, height: 0 };
    this.style = { setProperty(name, value) { this[name] = value; } };
  }
  setAttribute(name, value) {
    this.attributes[name] = String(value);
    watching.filter((one) => one.sees(this, name)).forEach((one) => queueMicrotask(one.act));
  }
  getAttribute(name) { return this.attributes[name] ?? null; }
  removeAttribute(name) { delete this.attributes[name]; }
  get dataset() {
    return Object.fromEntries(Object.entries(this.attributes).filter(([name]) => name.startsWith("data-")).map(([name, value]) => [camel(name), value]));
  }
  get classList() {
    const names = () => (this.attributes.class || "").split(" ").filter(Boolean);
    const put = (name, on) => this.setAttribute("class", [...names().filter((one) => one !== name), ...(on ? [name] : [])].join(" "));
    return { contains: (name) => names().includes(name), toggle: put, add: (name) => put(name, true), remove: (name) => put(name, false) };
  }

  get children() { return this.childNodes.filter((one) => one instanceof Element); }
  get firstChild() { return this.childNodes[0] ?? null; }
  get lastChild() { return this.childNodes.at(-1) ?? null; }
  get lastElementChild() { return this.children.at(-1) ?? null; }
  get nextElementSibling() { return beside(this, 1); }
  get previousElementSibling() { return beside(this, -1); }
  insert(at, own) {
    const nodes = own.map((one) => (one instanceof Element || one instanceof Text ? one : new Text(one)));
    nodes.forEach(detach);
    nodes.forEach((one) => { one.parentElement = this; });
    this.childNodes.splice(at, 0, ...nodes);
    return own[0];
  }
  append(...own) { this.insert(this.childNodes.length, own); }
  appendChild(one) { return this.insert(this.childNodes.length, [one]); }
  prepend(...own) { this.insert(0, own); }
  before(...own) { this.parentElement.insert(this.parentElement.childNodes.indexOf(this), own); }
  replaceChildren(...own) {
    [...this.childNodes].forEach(detach);
    this.append(...own);
  }
  remove() { detach(this); }
  get textContent() { return this.childNodes.map((one) => one.textContent).join(""); }
  set textContent(text) { this.replaceChildren(...(String(text) ? [text] : [])); }

  get above() { return this.parentElement ? [this, ...this.parentElement.above] : [this]; }
  get below() { return this.children.flatMap((one) => [one, ...one.below]); }
  contains(other) { return Boolean(other) && other.above.includes(this); }
  getRootNode() { return this.above.at(-1) === document.body ? document : this.above.at(-1); }
  closest(selector) { return this.above.find((one) => fits(one, selector)) ?? null; }
  querySelectorAll(selector) { return this.below.filter((one) => fits(one, selector)); }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }

  focus() {
    const can = FOCUSABLE.includes(this.tag) || this.getAttribute("tabindex") !== null;
    const before = document.activeElement;
    if (!can || this.disabled || before === this || !document.body.contains(this) || this.above.some((one) => one.hidden)) return;
    document.active = this;
    if (before !== document.body) ["blur", "focusout"].forEach((type) => fire(before, type));
    ["focus", "focusin"].forEach((type) => fire(this, type));
  }
  setPointerCapture(number) { this.held.add(number); }
  hasPointerCapture(number) { return this.held.has(number); }
  scrollIntoView() { this.seen += 1; }

  getBoundingClientRect() {
    const { left, top, width, height } = this.room;
    return { left, top, width, height, right: left + width, bottom: top + height };
  }
}
// A size as it was set on the element, else that of its room.
const sized = (side) => ({ get() { return this.room[side]; } });
for (const kind of ["client", "offset", "scroll"]) {
  for (const side of ["Width", "Height"]) Object.defineProperty(Element.prototype, kind + side, sized(side.toLowerCase()));
}
for (const side of ["Left", "Top"]) Object.defineProperty(Element.prototype, `offset${side}`, sized(side.toLowerCase()));

// What elements of HTML have beyond those of SVG.
class HtmlElement extends Element {
  get hidden() { return "hidden" in this.attributes; }
  set hidden(on) { on ? this.setAttribute("hidden", "") : this.removeAttribute("hidden"); }
  get disabled() { return "disabled" in this.attributes; }
  set disabled(on) { on ? this.setAttribute("disabled", "") : this.removeAttribute("disabled"); }
  get src() { return this.attributes.src ?? ""; }
  set src(address) { this.setAttribute("src", address); }
  get value() { return this.written ?? this.attributes.value ?? ""; }
  set value(text) { this.written = String(text); }
  checked = false;
  async decode() {}
}

class Canvas extends HtmlElement {
  getContext() { return (this.pen ??= penOn(this)); }
}
for (const [side, usual] of [["width", 300], ["height", 150]]) {
  Object.defineProperty(Canvas.prototype, side, { get() { return Number(this.attributes[side] ?? usual); }, set(value) { this.setAttribute(side, value); } });
}

// A pen that writes down what it is told, [name, arguments, its settings then].
function penOn(canvas) {
  const said = [];
  const known = { canvas, said, measureText: (text) => ({ width: 8 * text.length }), createImageData: (w, h) => new ImageData(w, h) };
  const copied = (one) => (one instanceof ImageData ? { ...one, data: one.data.slice() } : one);
  return new Proxy(known, { get: (pen, name) => pen[name] ?? ((...given) => said.push([name, given.map(copied), { ...pen }])) });
}
export const strokes = (canvas, name) => canvas.getContext("2d").said.filter(([one]) => one === name).map(([, given, pen]) => ({ given, pen }));

const beside = (one, step) => (one.parentElement ? one.parentElement.children[one.parentElement.children.indexOf(one) + step] ?? null : null);

// "tag.kind[name=value]", such after such, or one of several.
const fits = (one, selector) => selector.split(",").some((alone) => {
  const wanted = alone.trim().split(/\s+/);
  if (!fitsAlone(one, wanted.pop())) return false;
  for (const outer of one.above.slice(1)) if (wanted.length && fitsAlone(outer, wanted.at(-1))) wanted.pop();
  return !wanted.length;
});

function fitsAlone(one, selector) {
  const parts = selector.match(/^[\w-]+|\.[\w-]+|\[[^\]]+\]|:\w+/g) || [];
  if (parts.join("") !== selector) throw new SyntaxError(`the stand-in cannot read ${selector}`);
  return parts.every((part) => {
    if (part[0] === ".") return one.classList.contains(part.slice(1));
    if (part === ":active") return one === document.pressed;
    if (part[0] !== "[") return one.tag === part;
    const [name, value] = part.slice(1, -1).split("=");
    return name in one.attributes && (value === undefined || one.attributes[name] === value.replace(/^"|"$/g, ""));
  });
}

// ---- what hands do ----

// An event on an element; returns it.
export function fire(target, type, fields = {}) {
  let going = true;
  const event = {
    type, target, button: 0, pointerId: 1, pointerType: "mouse", clientX: 0, clientY: 0, ...fields, defaultPrevented: false,
    preventDefault() { this.defaultPrevented = true; }, stopPropagation() { going = false; },
  };
  for (const one of QUIET.includes(type) || !target.above ? [target] : target.above) if (going) one.hear(event);
  return event;
}

export const click = (target) => target.above.some((one) => one.disabled) || fire(target, "click");

// A key on what is in focus, or on another; the browser itself presses a button with Enter or Space.
export function key(name, target = document.activeElement, fields = {}) {
  const event = fire(target, "keydown", { key: name, ...fields });
  if (!event.defaultPrevented && target.tag === "button" && (name === "Enter" || name === " ")) click(target);
  return event;
}

export function write(field, text) {
  field.value = text;
  return fire(field, "input");
}

export function tick(box, on) {
  box.checked = on;
  fire(box, "change");
}

// A pointer that goes down at the first place, along the others, and up again at the last.
export function drag(target, [from, ...way], fields = {}) {
  const at = ([clientX, clientY]) => ({ clientX, clientY, ...fields });
  fire(target, "pointerdown", at(from));
  way.forEach((place) => fire(target, "pointermove", at(place)));
  fire(target, "pointerup", at(way.at(-1) || from));
}

// ---- what tests look at ----

export const byTest = (box, name) => box.querySelector(`[data-testid="${name}"]`);
export const ofClass = (box, name) => box.querySelectorAll(`.${name}`);
export const texts = (things) => [...things].map((one) => one.textContent);
export const attributesOf = (things, name) => [...things].map((one) => one.getAttribute(name));
export const urls = (bytes) => (bytes ? `data:${bytes}` : "");

// Puts something on the page.
export function onPage(box) {
  document.body.append(box);
  return box;
}

// ---- the page itself ----

let [watching, sizing, waiting, ends, frames] = [[], [], [], [], 0];

class Watcher {
  constructor(act) { this.act = act; }
  observe(node, { attributeFilter } = {}) {
    this.sees = (one, name) => one === node && (!attributeFilter || attributeFilter.includes(name));
    watching.push(this);
  }
  disconnect() { watching = watching.filter((one) => one !== this); }
}

class Sizer {
  constructor(act) { this.act = act; }
  observe(node) {
    this.node = node;
    sizing.push(this);
  }
  disconnect() { sizing = sizing.filter((one) => one !== this); }
}

// Gives an element a width, and tells who waits for one.
export function widen(node, width) {
  node.room = { ...node.room, width };
  sizing.filter((one) => one.node === node).forEach((one) => one.act());
}

// Runs what waits for the browser's next frame.
export function nextFrame() {
  const now = waiting;
  waiting = [];
  now.forEach(({ act }) => act());
}

// Lets promises come true, and draws what waits for a frame, until it is so.
export async function until(isSo) {
  const begin = Date.now();
  do {
    await new Promise((done) => setImmediate(done));
    nextFrame();
    if (Date.now() - begin > 5000) throw new Error(`in five seconds it was not so: ${isSo}`);
  } while (!isSo());
}
export const settled = () => until(() => true);

// A model as anywidget hands it out, with the values that Python gave it; `sent`: [[trait, value], …] that reached Python.
export function modelOf(given) {
  const values = { title: "", error: "", warning: "", done: 0, busy: false, layout: { comm_live: true }, ...given };
  let [unsaved, heard] = [[], []];
  const tell = (name) => heard.filter(([what]) => what === `change:${name}`).forEach(([, act]) => act());
  return {
    sent: [], offline: false,
    get: (name) => values[name],
    set(name, value) {
      unsaved.push([name, value]);
      if (values[name] === value) return;
      values[name] = value;
      tell(name);
    },
    save_changes() { this.sent.push(...unsaved.splice(0)); },
    on: (what, act) => heard.push([what, act]),
    off(what, act) { heard = heard.filter(([one, other]) => one !== what || other !== act); },
    get listeners() { return heard.length; },
    // Python says something.
    say(news) {
      Object.assign(values, news);
      Object.keys(news).forEach(tell);
      nextFrame();
    },
    // Python is gone, and nothing says so but ipywidgets.
    lose() { values.layout.comm_live = false; },
  };
}

// Shows a widget in an output of a width; returns its root. It ends with the test.
export function open(widget, model, width = 916) {
  const host = onPage(document.createElement("div"));
  const end = widget.render({ model, el: host });
  const root = host.lastElementChild;
  ends.push(end);
  widen(root, width);
  nextFrame();
  return { root, host, end };
}

export const theme = { color: "rgb(0, 0, 0)", backgroundColor: "rgb(255, 255, 255)" };
export const media = new (class extends Listened { wanted = new Set(); })();

globalThis.window = globalThis;
globalThis.document = {
  createElement: (tag) => new (tag === "canvas" ? Canvas : HtmlElement)(tag),
  createElementNS: (_, tag) => new Element(tag),
  get activeElement() { return this.active && this.body.contains(this.active) ? this.active : this.body; },
};
document.body = document.createElement("body");
Object.assign(globalThis, {
  ResizeObserver: Sizer, MutationObserver: Watcher, innerHeight: 900, devicePixelRatio: 1,
  ImageData: class {
    constructor(width, height) { Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) }); }
  },
  Image: class { constructor() { return document.createElement("img"); } },
  getComputedStyle: () => ({ ...theme }),
  matchMedia: (query) => Object.assign(media, { matches: media.wanted.has(query) }),
  requestAnimationFrame(act) {
    frames += 1;
    waiting.push({ number: frames, act });
    return frames;
  },
  cancelAnimationFrame(wanted) { waiting = waiting.filter(({ number }) => number !== wanted); },
});

afterEach(() => {
  ends.splice(0).forEach((end) => end());
  document.body.replaceChildren();
  Object.assign(document, { active: null, pressed: null });
  [watching, sizing, waiting] = [[], [], []];
});
