import assert from "node:assert/strict";
import { test } from "node:test";
import { countWords } from "../../xaikit/widgets/confusion/cell_panel.js";
import { color, inkOn } from "../../xaikit/widgets/kit/js/colors.js";
import { cellSize, nextCell } from "../../xaikit/widgets/confusion/matrix.js";

// the cells that count pictures of [[30, 6, 0, 1], [0, 28, 0, 0], [2, 0, 31, 0], [0, 0, 0, 9]]
const PLACES = [[0, 0], [1, 0], [3, 0], [1, 1], [0, 2], [2, 2], [3, 3]].map(([x, y]) => ({ x, y }));
const at = (x, y) => PLACES.findIndex((place) => place.x === x && place.y === y);

test("an arrow key goes along the row or the column, over cells without pictures", () => {
  assert.equal(nextCell(PLACES, at(1, 0), "ArrowRight"), at(3, 0));
  assert.equal(nextCell(PLACES, at(3, 0), "ArrowLeft"), at(1, 0));
  assert.equal(nextCell(PLACES, at(0, 0), "ArrowDown"), at(0, 2));
  assert.equal(nextCell(PLACES, at(3, 3), "ArrowUp"), at(3, 0));
});

test("where the line ends it goes to the nearest cell on that side, or stays", () => {
  assert.equal(nextCell(PLACES, at(1, 1), "ArrowDown"), at(0, 2));
  assert.equal(nextCell(PLACES, at(0, 0), "ArrowUp"), at(0, 0));
  assert.equal(nextCell(PLACES, at(3, 3), "ArrowRight"), at(3, 3));
});

test("every cell can be reached from every other with arrow keys", () => {
  for (const start of PLACES.keys()) {
    const reached = new Set([start]);
    for (const i of reached) for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) reached.add(nextCell(PLACES, i, key));
    assert.equal(reached.size, PLACES.length);
  }
});

test("cells shrink with the room and the number of classes, but a finger still hits them", () => {
  assert.deepEqual(cellSize(3, 1200), { wide: 104, high: 60 });
  assert.ok(cellSize(8, 684).wide * 8 <= 684 - 150);
  assert.equal(cellSize(30, 684).wide, 44);
});

const luminance = (rgb) => {
  const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

test("numbers can be read on every color of the scale", () => {
  for (let share = -1; share <= 1; share += 0.02) {
    const tint = color(share, 1);
    const [ground, ink] = [luminance(tint), inkOn(tint) === "#fff" ? 1 : luminance([27, 27, 27])];
    const contrast = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    assert.ok(contrast >= 4, `${contrast.toFixed(1)} at ${share.toFixed(2)}`);
  }
});

test("a cell says how many of its pictures are shown, and what can be done with them", () => {
  const cell = { predicted: "bus", count: 40, pictures: [{ probability: 0.8 }, { probability: null }] };
  assert.equal(countWords(cell, true), "2 of the 40 pictures. Choose a picture to see why. Below each: how sure the network was of bus.");
  assert.equal(countWords({ ...cell, count: 1, pictures: [{ probability: null }] }, false), "");
  assert.equal(countWords({ ...cell, pictures: [] }, true), "No pictures of this cell were given.");
});
