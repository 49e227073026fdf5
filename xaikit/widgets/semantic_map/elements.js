// Elements that a map's page has many of.
import { el } from "../kit/js/dom.js";

export const classed = (tag, kind, ...children) => el(tag, { class: kind }, ...children);
export const buttonOf = (kind, attributes, ...children) => el("button", { type: "button", class: kind, ...attributes }, ...children);
export const inPixels = (node, { width, height }) => Object.assign(node.style, { width: `${width}px`, height: `${height}px` });
