import assert from "node:assert/strict";
import { test } from "node:test";
import { heatCard } from "../../xaikit/widgets/heatmaps/card.js";
import { heatLegend } from "../../xaikit/widgets/heatmaps/legend.js";
import { frameOf } from "../../xaikit/widgets/heatmaps/layout.js";
import { readingLine } from "../../xaikit/widgets/heatmaps/reading.js";
import { sceneKeeper } from "../../xaikit/widgets/heatmaps/scene.js";
import { judge } from "../../xaikit/widgets/heatmaps/verdict.js";
import widget from "../../xaikit/widgets/heatmaps/widget.js";
import { attributesOf, byTest, click, drag, fire, key, modelOf, nextFrame, ofClass, onPage, open, settled, strokes, texts, tick, until, urls, write } from "./browser.js";
import { CELL, EVIL, png } from "./samples.js";

// rows [10, 6] and [−8, 0]: with ten levels and a peak of 2, the values 2, 0.72, −1.28 and 0
const WHOLE = Int16Array.from([10, 6, -8, 0]);
const LEVELS = 10;
const DATA = {
  map: { method: "Grad-CAM", layer: "layer4", signed: true }, target: "bus", note: "a note", cell: { said: "", peak: 2 }, whole: WHOLE, above: {},
  picture: "picture", grid: [2, 2], size: [40, 40], boxes: [["bus", [0, 0, 20, 20]], [EVIL, [10, 10, 40, 40]]],
};
const STATE = { opacity: 1, contrast: 0, threshold: 0, energy: 1, sign: "magnitude", colormap: "auto", shared_scale: false, mode: "blended", show_boxes: true, limit: 2, full: 2, signed: true };
const FRAME = { width: 80, height: 80 };

function cardOf(data = DATA, state = STATE, frame = FRAME) {
  const did = [];
  const hooks = Object.fromEntries(["hovered", "chosen", "stepped", "stopped"].map((name) => [name, (...own) => did.push([name, ...own])]));
  const one = heatCard(0, urls, hooks);
  onPage(one.box);
  one.show(data, frame);
  one.draw(state, LEVELS);
  one.read(null);
  const part = (name) => byTest(one.box, name);
  part("heat-stage").room = { left: 10, top: 20, ...frame };
  return { ...one, did, part, stage: part("heat-stage"), painted: () => strokes(part("heat"), "putImageData").map(({ given: [image] }) => [0, 1, 2, 3].map((i) => image.data[4 * i + 3])) };
}

test("a card says whose map of what it is, as text", () => {
  const { box } = cardOf({ ...DATA, target: EVIL });
  assert.deepEqual(texts(ofClass(box, "xk-head")[0].children), ["Grad-CAM", `for ${EVIL}`, "at layer4 · a note"]);
  assert.equal(box.querySelectorAll("img").length, 1); // the picture
  const bare = cardOf({ ...DATA, map: { method: "LIME", layer: "" }, note: "" });
  assert.ok(ofClass(bare.box, "xk-about")[0].hidden);
});

test("what is weaker than threshold or kept energy is not painted, and what has not changed not again", () => {
  const { draw, painted } = cardOf();
  draw(STATE, LEVELS);
  assert.deepEqual(painted().map((covers) => covers.map((one) => one > 0)), [[true, true, true, false]]);
  draw({ ...STATE, threshold: 0.5 }, LEVELS); // 1 of 2: sizes from 7.07 on
  draw({ ...STATE, energy: 0.5 }, LEVELS);
  draw({ ...STATE, sign: "positive", mode: "map" }, LEVELS);
  assert.deepEqual(painted().slice(1).map((covers) => covers.map((one) => one > 0)), [[true, false, true, false], [true, false, false, false], [true, true, false, true]]);
  assert.deepEqual(painted()[3], [255, 255, 0, 255]); // a map alone covers wholly
});

test("picture, map or both are seen", () => {
  const { part, draw, stage } = cardOf();
  const seen = (mode) => {
    draw({ ...STATE, mode }, LEVELS);
    return [part("heat").hidden, stage.classList.contains("xk-bare")];
  };
  assert.deepEqual(["picture", "blended", "map"].map(seen), [[true, false], [false, false], [false, true]]);
});

test("a map that shows nothing says so instead, and has neither legend nor verdict", () => {
  const { part, box, read } = cardOf({ ...DATA, cell: { said: "zero everywhere", peak: 0 }, whole: null });
  assert.deepEqual([part("said").textContent, part("said").hidden, part("heat").hidden, part("heat-scale").hidden, part("verdict").hidden], ["zero everywhere", false, true, true, true]);
  read({ x: 1, y: 2 });
  assert.equal(part("value").textContent, "0 at (1, 2)");
  assert.match(box.querySelector("[role]").attributes["aria-label"], /^Grad-CAM for bus\. zero everywhere\./);
});

test("boxes have names; that of the target is its own, and names stay in the picture", () => {
  const { box, draw } = cardOf();
  const outlines = box.querySelectorAll("[data-box]");
  assert.ok([outlines[0].parentElement, ofClass(box, "xk-box-names")[0]].every((one) => one.attributes["aria-hidden"] === "true")); // the verdict tells them
  assert.deepEqual([attributesOf(outlines, "class"), attributesOf(outlines, "data-box")], [["xk-own", "xk-box"], ["bus", EVIL]]);
  assert.deepEqual(["x", "y", "width", "height"].map((side) => outlines[1].attributes[side]), ["20", "20", "60", "60"]); // twice as large
  const [left, right] = ofClass(box, "xk-box-name");
  assert.deepEqual([left.style.left, left.style.top, right.style.right, right.textContent, right.children.length], ["4px", "4px", "4px", EVIL, 0]);
  draw({ ...STATE, show_boxes: false }, LEVELS);
  assert.deepEqual([box.querySelectorAll("[data-box]").length, byTest(box, "verdict").hidden], [0, true]);
});

test("the verdict counts what is kept in the target’s box, against what the box covers", () => {
  const words = (data, cut, positive = false) => judge({ ...DATA, ...data }, cut, positive).map((one) => one.textContent ?? one).join(" ");
  assert.equal(words({}, 0), "✓ 50% inside the box; half is a hit; the box covers 25% of the picture");
  assert.equal(words({}, 0, true), "✓ 74% inside the box; half is a hit; the box covers 25% of the picture");
  assert.equal(words({ boxes: [["bus", [20, 30, 40, 40]]] }, 0), "✗ none inside the box; half is a hit; the box covers 13% of the picture");
  assert.equal(words({ boxes: [["tram", [0, 0, 9, 9]]] }, 0), "No box of bus is known here.");
  assert.equal(words({}, 11), "Nothing is left to judge.");
  assert.match(cardOf().part("verdict").textContent, /^✓50% inside/);
});

test("the value at a pixel is read with its share of the largest; what is hidden is said to be", () => {
  const one = cardOf();
  assert.match(one.part("value").textContent, /^Point at a pixel/);
  one.read({ x: 5, y: 25 }, undefined);
  assert.equal(one.part("value").textContent, "−1 at (5, 25)64% of the largest"); // as many digits as its steps know
  one.read({ x: 5, y: 25 }, -1.28125); // as Python knows it
  assert.equal(one.part("value").textContent, "−1.28 at (5, 25)64% of the largest");
  assert.match(one.stage.attributes["aria-label"], /−1\.28 at \(5, 25\)64% of the largest\. Arrow keys move/);
  one.draw({ ...STATE, energy: 0.1 }, LEVELS);
  one.read({ x: 30, y: 5 });
  assert.match(one.part("value").textContent, /36% of the largest, hidden$/);
  const fine = readingLine(0);
  fine.show({ x: 5, y: 25 }, undefined, { ...DATA, whole: WHOLE.map((q) => 3000 * q) }, { cut: 0, positive: false, levels: 30000 });
  assert.match(fine.box.textContent, /^−1\.28 at/);
  const cursor = ofClass(one.box, "xk-cursor")[0];
  assert.deepEqual([cursor.attributes.transform, cursor.attributes.visibility], ["translate(61.0 11.0)", "visible"]);
  one.read(null);
  assert.equal(cursor.attributes.visibility, "hidden");
  const second = readingLine(1);
  second.show(null, undefined, DATA, null);
  assert.equal(second.box.textContent, ""); // the first map invites
});

test("the legend has zero in the middle of signed maps, and says what lies beyond", () => {
  const legend = heatLegend();
  const ends = (...state) => {
    legend.show(...state);
    return texts(ofClass(legend.box, "xk-ends")[0].children);
  };
  assert.deepEqual(ends({ low: -1, background: "x" }, true, 2, false), ["−2.00", "0", "2.00"]);
  assert.match(ofClass(legend.box, "xk-gradient")[0].style.background, /^x /);
  assert.deepEqual(ends({ low: -1, background: "x" }, true, 2, true), ["≤ −2.00", "0", "≥ 2.00"]);
  assert.deepEqual(ends({ low: 0, background: "x" }, true, 2, false), ["0", "", "size 2.00"]);
  assert.deepEqual(ends({ low: 0, background: "x" }, false, 0.5, true), ["0", "", "≥ 0.500"]);
});

test("a pointer reads the pixel under it and keeps the one it is lifted from; a finger reads while it is down", () => {
  const { stage, did } = cardOf();
  fire(stage, "pointermove", { clientX: 30, clientY: 60 }); // 20 and 40 of 80 pixels that show 40
  assert.deepEqual(did.splice(0), [["hovered", { x: 10, y: 20 }]]);
  fire(stage, "pointermove", { clientX: 30, clientY: 60, pointerType: "touch" });
  drag(stage, [[10, 20], [5000, -5]], { pointerType: "touch" });
  assert.deepEqual(did.splice(0), [["hovered", { x: 0, y: 0 }], ["hovered", { x: 39, y: 0 }], ["chosen", { x: 39, y: 0 }], ["hovered", null]]);
  drag(stage, [[10, 20]], { button: 2 });
  fire(stage, "pointerleave");
  assert.deepEqual(did, [["hovered", null]]);
});

test("arrow keys step, with Shift by ten; Escape takes the point away", () => {
  const { stage, did } = cardOf();
  assert.ok(key("ArrowRight", stage).defaultPrevented);
  key("ArrowUp", stage, { shiftKey: true });
  fire(stage, "keyup", { key: "ArrowUp" });
  key("Escape", stage);
  assert.equal(key("a", stage).defaultPrevented, false);
  fire(stage, "keyup", { key: "a" });
  const steps = did.map(([name, by]) => [name, by && by.map ? by.map((n) => n + 0) : by]);
  assert.deepEqual(steps, [["stepped", [1, 0]], ["stepped", [0, -10]], ["stopped", undefined], ["chosen", null]]);
});

test("pictures are as large as their row and the screen leave room, whatever their shape", () => {
  const cells = (n, size = [40, 40]) => Array.from({ length: n }, (_, k) => ({ map: { method: `m${k}` }, target: "bus", size }));
  assert.deepEqual(frameOf(cells(1), 900), { n: 1, width: 400, height: 400 });
  assert.deepEqual(frameOf(cells(2), 640), { n: 2, width: 284, height: 284 });
  assert.deepEqual(frameOf(cells(1, [40, 80]), 900), { n: 1, width: 200, height: 400 });
  assert.equal(frameOf(cells(1), 60).width, 120);
});

test("what could not be unpacked is told, but not of a picture that nobody wants any more", async () => {
  const model = modelOf({ maps: [{ cells: [{ data: new Uint8Array([1, 2]), peak: 1 }, { data: null, peak: 0, said: "zero" }], targets: ["bus", "bus"], notes: ["", ""] }], grids: [[2, 2], [2, 2]], pictures: [1, 2], sizes: [[2, 2], [2, 2]], boxes: [[], []] });
  const came = [];
  const load = sceneKeeper(model, new AbortController().signal, (scene, failure) => came.push(scene ? scene.number : failure));
  await load(0);
  assert.match(came.splice(0)[0], /^The maps cannot be unpacked: /);
  await load(1);
  await load(1); // is there already
  assert.deepEqual(came.splice(0), [1]);
  await Promise.all([load(0), load(1)]);
  assert.deepEqual(came, [1]);
});

// ---- the whole explorer ----

const map = (method, more = {}) => ({
  method, layer: "", signed: true, cells: [{ data: CELL, said: "", peak: 2 }, { data: CELL, said: "", peak: 4 }], targets: ["bus", "tram"], notes: ["", ""], ...more,
});
const { limit, full, signed, ...SETTINGS } = STATE;
const GIVEN = {
  ...SETTINGS, picture: 0, reading: null, exact: {}, pictures: [png(1), png(2)], sizes: [[40, 40], [40, 40]], grids: [[2, 2], [2, 2]], levels: LEVELS,
  maps: [map("CAM"), map("IG", { cells: [{ data: CELL, said: "", peak: 8 }, { data: CELL, said: "", peak: 8 }] })], boxes: [[["bus", [0, 0, 20, 20]]], []],
};

async function explorer(more = {}) {
  const model = modelOf({ ...GIVEN, ...more });
  const { root } = open(widget, model);
  await until(() => root.dataset.picture || !byTest(root, "error").hidden);
  ofClass(root, "xk-heat-stage").forEach((one) => { one.room = { left: 0, top: 0, width: 40, height: 40 }; });
  return { model, root, part: (name) => byTest(root, name), stage: ofClass(root, "xk-heat-stage")[0], values: () => texts(ofClass(root, "xk-read")) };
}

test("the pixel under the pointer is read in every map; the one clicked is kept, and told to Python", async () => {
  const { model, stage, values } = await explorer();
  fire(stage, "pointermove", { clientX: 2, clientY: 3 });
  nextFrame();
  assert.deepEqual(values(), ["2 at (2, 3)100% of the largest", "8 at (2, 3)100% of the largest"]);
  assert.deepEqual(model.sent, []);
  drag(stage, [[2, 25]]);
  fire(stage, "pointerleave");
  nextFrame();
  assert.deepEqual(model.sent, [["reading", { picture: 0, x: 2, y: 25 }]]);
  model.say({ exact: { picture: 0, x: 2, y: 25, values: [-1.25, null] } });
  assert.deepEqual(values(), ["−1.25 at (2, 25)64% of the largest", "−5 at (2, 25)64% of the largest"]);
  model.say({ exact: { picture: 0, x: 3, y: 25, values: [9, 9] } }); // of another pixel
  assert.match(values()[0], /^−1 at/);
});

test("keys move the point, which Python hears of when they are let go", async () => {
  const { model, stage, values } = await explorer();
  stage.focus();
  key("ArrowRight"); // the first puts it into the middle
  key("ArrowDown");
  key("ArrowLeft", stage, { shiftKey: true });
  assert.deepEqual(model.sent, []);
  fire(stage, "keyup", { key: "ArrowLeft" });
  fire(stage, "blur");
  assert.deepEqual(model.sent, [["reading", { picture: 0, x: 10, y: 21 }]]);
  for (let k = 0; k < 4; k++) key("ArrowDown", stage, { shiftKey: true });
  key("ArrowLeft", stage, { shiftKey: true });
  key("ArrowLeft", stage, { shiftKey: true });
  fire(stage, "keyup", { key: "ArrowLeft" });
  assert.deepEqual(model.sent[1], ["reading", { picture: 0, x: 0, y: 39 }]); // not out of the picture
  key("Escape");
  nextFrame();
  assert.deepEqual([model.sent[2], values()[0].slice(0, 5)], [["reading", null], "Point"]);
});

test("a slider draws at once, and tells Python where it was let go", async () => {
  const { model, part, root } = await explorer();
  const frames = () => Number(root.dataset.frames);
  const covers = () => {
    const [image] = strokes(part("heat"), "putImageData").at(-1).given;
    return [0, 1, 2, 3].map((i) => image.data[4 * i + 3] > 0);
  };
  const before = frames();
  document.pressed = part("threshold");
  write(part("threshold"), "50");
  nextFrame();
  assert.deepEqual([frames() > before, model.sent], [true, []]);
  model.say({ opacity: 0.5, threshold: 0 }); // what a hand holds is not taken from it
  assert.deepEqual([part("threshold").value, part("opacity").value], ["50", "50"]);
  assert.deepEqual(covers(), [true, false, true, false]);
  fire(part("threshold"), "change");
  assert.deepEqual(model.sent, [["threshold", 0.5]]);
});

test("settings go to Python; those without a meaning here are away or off", async () => {
  const { model, part, root } = await explorer({ title: EVIL });
  click(root.querySelector('[data-choice="map"]'));
  tick(part("sign"), true);
  tick(part("shared_scale"), true);
  nextFrame();
  assert.deepEqual(model.sent, [["mode", "map"], ["sign", "positive"], ["shared_scale", true]]);
  assert.deepEqual([part("opacity").disabled, ofClass(root, "xk-title")[0].textContent], [true, EVIL]);
  assert.ok(texts(ofClass(root, "xk-ends")).every((ends) => ends === "0size 8.00" || ends === "08.00"), "one scale for all");
  const plain = await explorer({ maps: [map("CAM", { signed: false })], boxes: [[], []] });
  assert.deepEqual(["sign", "show_boxes"].map((name) => plain.part(name).parentElement.hidden), [true, true]);
});

test("another picture has other maps and no point; it says what is asked about it", async () => {
  const { model, root, part, values } = await explorer({ reading: { picture: 0, x: 2, y: 3 } });
  assert.match(values()[0], /^2 at \(2, 3\)/);
  assert.deepEqual(attributesOf(ofClass(root, "xk-thumb"), "aria-label"), ["picture 1 of 2: bus", "picture 2 of 2: tram"]);
  click(part("next"));
  assert.deepEqual(model.sent, [["picture", 1], ["reading", null]]);
  await until(() => root.dataset.picture === "1");
  assert.deepEqual([texts(ofClass(root, "xk-toward")), values()[0].slice(0, 5)], [["for tram", "for tram"], "Point"]);
});

test("maps that cannot be unpacked leave no card behind, and an error of Python is said", async () => {
  const broken = map("CAM", { cells: [{ data: CELL, said: "", peak: 2 }, { data: new Uint8Array([1]), said: "", peak: 2 }] });
  const { root, part, model } = await explorer({ maps: [broken] });
  model.say({ error: EVIL });
  assert.deepEqual([part("error").textContent, part("error").hidden, part("error").children.length], [EVIL, false, 0]);
  click(part("next"));
  await until(() => part("error").textContent !== EVIL);
  assert.match(part("error").textContent, /^The maps cannot be unpacked/);
  assert.equal(ofClass(root, "xk-heat").length, 0);
  await settled();
});
