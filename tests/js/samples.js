// What Python might have sent, small enough to know by heart.
import { deflateSync } from "node:zlib";

export const EVIL = '</p><img src=x onerror="alert(1)">';

// The bytes of a picture, as far as a page looks at them.
export const png = (number) => new DataView(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, number).buffer);

// A map of 2 by 2 pixels: rows [10, 6] and [−8, 0], as steps along each row, in two planes of bytes.
const STEPS = [10, -4, -8, 8];
export const CELL = deflateSync(Uint8Array.from([...STEPS.map((step) => (step >> 8) & 255), ...STEPS.map((step) => step & 255)]));

// Two classes whose network answers bus. Of its concepts, 1 and 2 are found, 3 is not.
const node = (name, x, y, more) => ({
  name, x, y, concept: Number(name) - 1, label: "", detected: true, contribution: 0.2, effect: null, distance: 1, threshold: 2, missing: "",
  box: [x - 0.1, y - 0.1, 0.2, 0.2], thumb: png(10 + Number(name)), heat: null, examples: [], cutouts: [], suggested: null, ...more,
});

export const BUS = {
  name: "bus", network: 0.9, student: 0.8, why: "Why bus? Its wheel.", why_not: "Why not bus? It is one.", versus: null,
  nodes: [
    node("1", 0.3, 0.3, { label: "wheel", effect: 0.6, contribution: 0.4, heat: png(31), examples: [0], cutouts: [1] }),
    node("2", 0.7, 0.3, { effect: -0.3, contribution: -0.1, examples: [1] }),
    node("3", 0.5, 0.5, { detected: false, distance: 3.1, contribution: 0.1, box: null }),
  ],
  edges: [[0, 1, 0.2, 0.5], [1, 0, -0.1, null], [0, 2, 0.3, null]],
};
export const TRAM = {
  name: "tram", network: 0.1, student: 0.2, why: "Why tram? No.", why_not: "Why not tram? It has no wire.",
  versus: { nodes: [-0.5], edges: [], effects: [null], edge_effects: [], sentence: "Why not tram? Its wire speaks for bus." },
  nodes: [node("1", 0.5, 0.8, { contribution: -0.4 })], edges: [],
};
