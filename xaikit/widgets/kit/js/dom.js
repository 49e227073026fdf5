// Elements are built by hand: text goes in as text, never as markup.
import { clamp } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";

export function el(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

export const classed = (tag, kind, ...children) => el(tag, { class: kind }, ...children);
export const buttonOf = (kind, attributes, ...children) => el("button", { type: "button", class: kind, ...attributes }, ...children);

function dress(node, attributes, children) {
  set(node, attributes);
  node.append(...children.filter((child) => child !== null));
  return node;
}

// An attribute that is null, undefined or false stays away; true is an empty attribute; aria-… says false and true.
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const state = name.startsWith("aria-");
    if (value === null || value === undefined || (value === false && !state)) node.removeAttribute(name);
    else node.setAttribute(name, value === true && !state ? "" : String(value));
  }
}

const KINDS = [
  ["image/png", [0x89, 0x50, 0x4e, 0x47]],
  ["image/jpeg", [0xff, 0xd8, 0xff]],
  ["image/webp", [0x52, 0x49, 0x46, 0x46]],
];

// A data URL of a PNG, JPEG or WebP file; anything else gives "" (an SVG, say, could hold scripts).
export function dataUrl(bytes) {
  if (!bytes || !bytes.byteLength) return "";
  const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = KINDS.find(([, magic]) => magic.every((byte, i) => view[i] === byte));
  if (!kind) return "";
  let text = "";
  for (let i = 0; i < view.length; i += 8192) text += String.fromCharCode(...view.subarray(i, i + 8192));
  return `data:${kind[0]};base64,${btoa(text)}`;
}

// Remembers the URL of each buffer as long as the buffer itself lives.
export function urlMemory() {
  const known = new WeakMap();
  return (bytes) => {
    if (!bytes) return "";
    if (!known.has(bytes)) known.set(bytes, dataUrl(bytes));
    return known.get(bytes);
  };
}

const PADDING = 8; // of the root on either side, as in the style sheet

// The root of a widget: calls draw(width) once it has a width, and again when that changes. anywidget may call
// render() before the element is attached, and JupyterLab gives an output scrolled out of sight the width 0.
export function whenSized(root, draw, signal) {
  let last = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.floor(root.clientWidth) - 2 * PADDING;
    if (width < 1 || width === last) return;
    last = width;
    draw(width);
  });
  observer.observe(root);
  signal.addEventListener("abort", () => observer.disconnect());
}

// Marks the root as dark where its ink is light, now and whenever JupyterLab or the system changes its theme.
export function followTheme(root, signal) {
  const look = () => {
    const [red, green, blue] = (getComputedStyle(root).color.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
    set(root, { "data-theme": 0.3 * red + 0.6 * green + 0.1 * blue > 128 ? "dark" : "light" });
  };
  const [body, attached] = [new MutationObserver(look), new ResizeObserver(look)];
  body.observe(document.body, { attributes: true });
  attached.observe(root); // until it is attached, it has no ink
  hear(matchMedia("(prefers-color-scheme: dark)"), "change", signal, look);
  signal.addEventListener("abort", () => [body, attached].forEach((one) => one.disconnect()));
  look();
}

// Acts on the events of a type as long as the signal lasts.
export const hear = (thing, type, signal, act) => thing.addEventListener(type, act, { signal });

// Keys meant for the widget must not reach the notebook, where "d d" deletes the cell.
export function keepKeys(root, signal) {
  set(root, { "data-lm-suppress-shortcuts": "true" });
  hear(root, "keydown", signal, (event) => event.stopPropagation());
}

// A note beside the pointer or the focused thing, kept inside the root, since an output clips what leaves it.
export function tooltip(root) {
  const box = el("div", { class: "xk-tip", role: "status", hidden: true });
  root.append(box);
  return {
    // `picture`: the address of one to be shown above the text.
    show(text, x, y, picture) {
      box.replaceChildren(...(picture ? [el("img", { src: picture, alt: "" })] : []), text);
      box.hidden = false;
      const left = clamp(x - box.offsetWidth / 2, 4, root.clientWidth - box.offsetWidth - 4);
      const above = y - box.offsetHeight - 14;
      box.style.left = `${left}px`;
      box.style.top = `${above > 4 ? above : y + 18}px`;
    },
    hide() {
      box.hidden = true;
    },
  };
}

export const roomOf = (thing) => thing.getBoundingClientRect();

// Where an event or an element is, in pixels of the root.
export function placeIn(root, thing) {
  const { left, top } = roomOf(root);
  if (thing.clientX !== undefined) return { x: thing.clientX - left, y: thing.clientY - top };
  const box = roomOf(thing);
  return { x: box.left + box.width / 2 - left, y: box.top - top };
}

export const inPixels = (node, { width, height }) => Object.assign(node.style, { width: `${width}px`, height: `${height}px` });

// The element around the target of an event, or around what is in focus, that fits a selector; or null.
export const around = (target, selector) => (target && target.closest ? target.closest(selector) : null);

export const focused = (node) => node.getRootNode().activeElement;

// Gives an element the focus, and leaves the notebook where it is.
export const focusOn = (node) => node.focus({ preventScroll: true });

// A line that is there only where there is something to say. An alert that is written again is read out again.
export function writeOn(line, text = "") {
  if (line.textContent !== text) line.textContent = text;
  line.hidden = !text;
}
