import assert from "node:assert/strict";
import { test } from "node:test";
import { sharesPie } from "../../xaikit/widgets/contribution_chart/pie.js";
import { partRows } from "../../xaikit/widgets/contribution_chart/rows.js";
import {
  NOBODY, OTHERS, besideSlices, halfOf, nthAt, numberWords, partWords, slicePath, slicesOf, spanOf, spikePaths, standOn, strongestAt, tableOf, wholeWords,
} from "../../xaikit/widgets/contribution_chart/shares.js";
import { spikes } from "../../xaikit/widgets/contribution_chart/spikes.js";
import widget from "../../xaikit/widgets/contribution_chart/widget.js";
import { attributesOf, byTest, click, fire, key, modelOf, ofClass, onPage, open, strokes, texts, until } from "./browser.js";
import { CELL, EVIL, png } from "./samples.js";

const GIVES = [0.5, 3, -1.5, 0];
const SPAN = { low: -1.5, high: 3 };

test("shares are of all that counts, for and against, in the order of the bars", () => {
  assert.deepEqual(tableOf(GIVES, [1, 2, 0, 3]).map(({ k, value, share }) => [k, value, share]), [[1, 3, 0.6], [2, -1.5, 0.3], [0, 0.5, 0.1], [3, 0, 0]]);
  assert.deepEqual(tableOf([0, 0], [0, 1]).map(({ share }) => share), [0, 0]);
});

test("what has no bar of its own is one row: the sum of what it gives, the share of its sizes", () => {
  assert.deepEqual(tableOf([2, -1, 1, 4], [3]).at(-1), { k: OTHERS, n: 3, value: 2, share: 0.5 });
  assert.equal(partWords([], { k: OTHERS, n: 3 }), "3 others");
  assert.equal(partWords([], { k: OTHERS, n: 1 }), "1 other");
  assert.equal(partWords(["a"], { k: 0, n: 1 }), "a");
});

test("of what was not read there are neither numbers nor shares", () => {
  assert.deepEqual(tableOf([null, null], [0]), [{ k: 0, n: 1, value: null, share: null }, { k: OTHERS, n: 1, value: null, share: null }]);
  assert.equal(wholeWords({ start: -1, gives: [null] }, 2), "This picture cannot be read.");
  assert.equal(wholeWords({ start: -1, gives: [1] }, null), "This picture cannot be read.");
});

test("one scale holds all tables, and zero", () => {
  const [one, two] = [tableOf([2, 1], [0, 1]), tableOf([-3, null], [0, 1])];
  assert.deepEqual(spanOf([one, two]), { low: 0, high: 2 }); // the second was not read
  assert.deepEqual(spanOf([one, tableOf([-3, 1], [0, 1])]), { low: -3, high: 2 });
  assert.deepEqual(spanOf([[0.5, -2], [7]]), { low: -2, high: 7 });
  assert.deepEqual([standOn(SPAN, -1.5), standOn(SPAN, 0), standOn(SPAN, 3)], [0, 1 / 3, 1]);
  assert.equal(standOn({ low: 0, high: 0 }, 0), 0);
});

test("numbers have one digit, or more where all are small", () => {
  assert.deepEqual([3, -0.04, -1.25, null].map((one) => numberWords(one, SPAN)), ["+3.0", "0", "−1.3", "not read"]);
  assert.deepEqual([0.04, -0.002, 0].map((one) => numberWords(one, { low: -0.1, high: 0.4 })), ["+0.040", "−0.002", "0"]);
});

test("the sum is told beside the score", () => {
  assert.equal(wholeWords({ start: -2.5, gives: [6, -0.3] }, 3.4), "In all +3.2, from −2.5; the network gives +3.4.");
});

test("slices go round once, in the order of the bars; what gives nothing has none", () => {
  const slices = slicesOf(tableOf(GIVES, [1, 2, 0, 3]));
  assert.deepEqual(slices.map(({ k, against }) => [k, against]), [[1, false], [2, true], [0, false]]);
  assert.deepEqual(slices.map(({ from, to }) => [from, to].map((one) => Math.round(100 * one))), [[0, 60], [60, 90], [90, 100]]);
  assert.deepEqual(slicesOf(tableOf([null], [0])), []);
});

test("there are no more than eight slices, and the last are the others", () => {
  const many = [...Array(20).keys()].map((k) => 20 - k);
  const slices = slicesOf(tableOf(many, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
  assert.deepEqual(slices.map(({ k, n }) => [k, n]), [...[0, 1, 2, 3, 4, 5, 6].map((k) => [k, 1]), [OTHERS, 13]]);
  assert.ok(Math.abs(slices.at(-1).to - 1) < 1e-9);
  assert.equal(slicesOf(tableOf(many.slice(0, 8), [...Array(8).keys()])).length, 8);
  assert.deepEqual(slicesOf(tableOf(many.slice(0, 9), [...Array(8).keys()])).map(({ k }) => k).slice(-2), [6, OTHERS]);
});

test("a slice is a piece of a ring, also where it is all of it", () => {
  assert.equal(slicePath({ from: 0, to: 0.25 }, 10, 4), "M0.00 -10.00A10 10 0 0 1 10.00 -0.00L4.00 -0.00A4 4 0 0 0 0.00 -4.00Z");
  const [, whole] = slicePath({ from: 0, to: 1 }, 10, 4).match(/^M\S+ \S+A10 10 0 1 1 (\S+ \S+)L/);
  assert.notEqual(whole, "0.00 -10.00"); // would draw nothing
});

test("names beside slices stand apart, on the side of their slice", () => {
  const thin = [0.9, 0.92, 0.94, 0.96, 0.98].map((from) => ({ from, to: from + 0.02 }));
  const places = besideSlices([{ from: 0, to: 0.9 }, ...thin], 80, 18, 90);
  assert.deepEqual(places.map(({ left }) => left), [false, true, true, true, true, true]);
  const heights = places.slice(1).map(({ y }) => y).sort((a, b) => a - b);
  heights.slice(1).forEach((y, i) => assert.ok(y - heights[i] >= 18 - 1e-9));
  assert.ok(places.every(({ x, y, left }) => Math.abs(y) <= 90 && (left ? x <= 0 : x >= 0)));
});

test("thin bars stand on zero, those for above it and those against below", () => {
  const { plus, minus } = spikePaths([3, 0, -1.5], SPAN, 30, 90);
  assert.equal(plus, "M5.0 60.0V0.0");
  assert.equal(minus, "M25.0 60.0V90.0");
});

test("few speak, or all", () => {
  assert.equal(halfOf([0, 0, -5, 1]), 1);
  assert.equal(halfOf([1, -1, 1, 1]), 2);
  assert.equal(halfOf([0, 0]), 0);
  assert.deepEqual([-0.2, 0, 0.49, 1].map((share) => nthAt(share, 4)), [0, 0, 1, 3]);
});

test("the part that is strongest at a place, each by its own peak", () => {
  const maps = [[7, Int16Array.of(100, 50, 0, 0), 4], [2, Int16Array.of(20, 20, 0, 1), 9]];
  assert.deepEqual([0, 1, 2, 3].map((place) => strongestAt(maps, place)), [2, 2, NOBODY, NOBODY]); // 4 < 9, 1 < 9, none, 0.02 is faint
  assert.equal(strongestAt([maps[0], [2, maps[1][1], 2]], 0), 7);
});

// ---- what is drawn ----

const NAMES = ["legs", "head", EVIL, "tail"];
const ROWS = [1, 2, 0, 3];
const HEADS = ["In all"];

function rowsOf(more = {}) {
  const said = [];
  const rows = partRows({ signal: undefined, nobody: NOBODY, pointed: (part) => said.push(["pointed", part]), pinned: (part) => said.push(["pinned", part]) });
  onPage(rows.box);
  rows.show({ names: NAMES, heads: HEADS, tables: [tableOf(GIVES, ROWS)], span: SPAN, marks: null, room: 600, ...more });
  return { ...rows, said, buttons: () => rows.box.querySelectorAll("[data-part]") };
}

test("each part has a bar from zero to what it gives, its number and its share", () => {
  const rows = rowsOf();
  assert.deepEqual(texts(ofClass(rows.box, "xk-count-number")), ["+3.0", "−1.5", "+0.5", "0"]);
  assert.deepEqual(texts(ofClass(rows.box, "xk-count-share")), ["60%", "30%", "10%", "0%"]);
  const [head, torso] = ofClass(rows.box, "xk-count-fill").map(({ style }) => [style.left, style.width].map((one) => Math.round(parseFloat(one))));
  assert.deepEqual([head, torso], [[33, 67], [0, 33]]);
  assert.deepEqual(ofClass(rows.box, "xk-count-fill").map((one) => one.classList.contains("xk-count-against")), [false, true, false, false]);
  const [, evil] = rows.buttons();
  assert.deepEqual([evil.attributes["aria-label"], evil.firstChild.textContent, evil.firstChild.children.length], [`${EVIL}: −1.5 30%`, EVIL, 0]);
});

test("a bar is pointed at and pinned, and arrow keys go from bar to bar", () => {
  const rows = rowsOf();
  const [head, torso] = rows.buttons();
  fire(torso.firstChild, "pointermove");
  click(head);
  fire(rows.box, "pointerleave");
  assert.deepEqual(rows.said, [["pointed", 2], ["pinned", 1], ["pointed", NOBODY]]);
  head.focus();
  assert.ok(key("ArrowDown").defaultPrevented);
  assert.equal(document.activeElement, torso);
  key("ArrowUp");
  key("ArrowUp");
  assert.equal(document.activeElement, head);
  rows.light(2);
  rows.pin(1);
  assert.deepEqual(attributesOf(rows.buttons(), "data-lit"), [null, "", null, null]);
  assert.deepEqual(attributesOf(rows.buttons(), "aria-pressed"), ["true", "false", "false", "false"]);
});

test("another reading changes the bars in place, and a mark tells where the first has them", () => {
  const rows = rowsOf();
  const [head] = rows.buttons();
  const now = tableOf([2, 0.5, 0.5, -4], ROWS);
  rows.show({ names: NAMES, heads: HEADS, tables: [now], span: { low: -4, high: 3 }, marks: tableOf(GIVES, ROWS), room: 600 });
  assert.equal(rows.buttons()[0], head);
  assert.deepEqual(texts(ofClass(rows.box, "xk-count-number")), ["+0.5", "+0.5", "+2.0", "−4.0"]);
  const [mark] = ofClass(rows.box, "xk-tick");
  assert.deepEqual([mark.hidden, mark.style.left], [false, "100%"]);
});

test("two pictures stand in two columns, the second in the order of the first", () => {
  const rows = rowsOf({ heads: ["1", "2"], tables: [tableOf(GIVES, ROWS), tableOf([null, null, null, null], ROWS)] });
  assert.deepEqual(texts(ofClass(rows.buttons()[0], "xk-count-number")), ["+3.0", "not read"]);
  assert.equal(rows.buttons()[0].attributes["aria-label"], "head: +3.0 60%; beside it not read");
  assert.deepEqual(texts(ofClass(rows.box, "xk-count-head")), ["1", "2"]);
});

test("the pie tells its shares, sets apart what speaks against, and is pointed at", () => {
  const said = [];
  const pie = sharesPie({ signal: undefined, pointed: (part) => said.push(part), pinned: (part) => said.push(["pin", part]) });
  onPage(pie.box);
  pie.show({ names: NAMES, table: tableOf(GIVES, ROWS), whose: "" }, { width: 300, height: 180 });
  const picture = byTest(pie.box, "pie");
  assert.equal(picture.attributes["aria-label"], `head 60%, ${EVIL} 30% against, legs 10%`);
  assert.deepEqual(attributesOf(ofClass(pie.box, "xk-slice"), "data-slice"), ["1", "2", "0"]);
  assert.deepEqual(attributesOf(ofClass(pie.box, "xk-slice-against"), "data-slice"), ["2"]);
  assert.ok(ofClass(pie.box, "xk-slice-against")[0].attributes.transform);
  assert.deepEqual(texts(ofClass(pie.box, "xk-slice-share")), ["60%", "30%", "10%"]);
  assert.match(pie.box.textContent, /dashed: against$/);
  fire(ofClass(pie.box, "xk-slice")[1], "pointermove");
  click(ofClass(pie.box, "xk-slice")[0]);
  assert.deepEqual(said, [2, ["pin", 1]]);
  pie.light(2);
  assert.deepEqual(attributesOf(ofClass(pie.box, "xk-slice"), "data-lit"), [null, "", null]);
  pie.show({ names: NAMES, table: tableOf([null], [0]), whose: "" }, { width: 300, height: 180 });
  assert.equal(pie.box.hidden, true);
});

test("single concepts are read off by pointer and by arrow keys", () => {
  const one = spikes({ signal: undefined });
  onPage(one.box);
  const picture = byTest(one.box, "spikes");
  one.show({ single: [2, 0, -1, 0.5], all: [[2, 0, -1, 0.5], [4]], whose: "" }, { width: 246, height: 110 });
  assert.match(one.box.textContent, /half comes from 1 of 4 concepts$/);
  assert.deepEqual(texts(ofClass(one.box, "xk-slice-words")), ["+4.0", "0", "−1.0"]);
  picture.room = { left: 0, top: 0, width: 246, height: 110 };
  fire(picture, "pointermove", { clientX: 46 + 125 });
  assert.match(one.box.textContent, /number 3 of 4: −1.0$/);
  picture.focus();
  key("ArrowRight");
  assert.match(one.box.textContent, /number 4 of 4: \+0.5$/);
  fire(picture, "pointerleave");
  assert.match(one.box.textContent, /half comes from/);
  one.show({ single: [], all: [[]], whose: "" }, { width: 246, height: 110 });
  assert.equal(one.box.hidden, true);
});

// ---- the whole chart ----

const PRIOR = { start: -1.5, gives: GIVES, single: [2, 1, -1] };
const BASELINE = { start: -0.5, gives: [2, 0.5, 0.5, -4], single: [1, 1, -4] };
const SEEN = { data: CELL, said: "", peak: 2 };
const UNSEEN = { data: null, said: "Zero everywhere", peak: 0 };
const VIEW = {
  cls: "bus", answer: EVIL, score: 0.75, readings: { "with prior": PRIOR, baseline: BASELINE }, image: png(1), heat: png(5), heat_name: "Grad-CAM",
  rows: ROWS, grid: [2, 2], cells: { 0: UNSEEN, 1: SEEN, 2: { ...SEEN, peak: 1 }, 3: UNSEEN },
};
const OTHER = { ...VIEW, answer: "tram", image: png(2), readings: { "with prior": { ...PRIOR, gives: [1, 6, 0, 0] }, baseline: BASELINE }, heat: new DataView(new ArrayBuffer(0)) };
const nothing = { start: null, gives: [null, null, null, null], single: [null, null, null] };
const UNREAD = { ...VIEW, answer: "not read", score: null, readings: { "with prior": nothing, baseline: nothing }, cells: { 0: UNSEEN, 1: UNSEEN, 2: UNSEEN, 3: UNSEEN } };
const GIVEN = { picture: 0, other: -1, reading: "with prior", views: [VIEW, OTHER, UNREAD], names: NAMES, readings: ["with prior", "baseline"] };

async function chart(more = {}, width = 916) {
  const model = modelOf({ ...GIVEN, ...more });
  const { root, end } = open(widget, model, width);
  const part = (name) => byTest(root, name);
  await until(() => byTest(root, "bars").children.length && (root.dataset.mapped || part("hint").textContent));
  return { model, root, part, end, row: (k) => root.querySelector(`[data-part="${k}"]`), numbers: () => texts(ofClass(root, "xk-count-number")) };
}

const painted = (root, name) => strokes(byTest(byTest(root, name), "map"), "putImageData").length;

test("the chart tells the sum, the answer, and the heatmap's name", async () => {
  const { root, part, numbers } = await chart();
  assert.equal(ofClass(root, "xk-count-head")[0].textContent, "In all +0.5, from −1.5; the network gives +0.8.");
  assert.match(part("picture").textContent, new RegExp(`network: ${EVIL.replace(/[()]/g, "\\$&")}$`));
  assert.deepEqual([part("heat").textContent, part("heat").hidden, part("other-picture").hidden], ["Grad-CAM", false, true]);
  assert.deepEqual(numbers(), ["+3.0", "−1.5", "+0.5", "0"]);
  assert.equal(part("marked").style.visibility, "hidden");
});

test("a bar that is pointed at shows where its part is, a click keeps it, Escape lets go", async () => {
  const { root, part, row } = await chart();
  assert.equal(byTest(part("picture"), "map").hidden, true);
  fire(row(1), "pointermove");
  assert.deepEqual([byTest(part("picture"), "map").hidden, painted(root, "picture"), root.dataset.lit], [false, 1, "1"]);
  assert.match(part("picture").textContent, /head$/);
  fire(part("bars"), "pointerleave");
  assert.deepEqual([byTest(part("picture"), "map").hidden, root.dataset.lit], [true, undefined]);
  fire(row(1), "pointerdown");
  click(row(1));
  fire(part("bars"), "pointerleave");
  assert.equal(root.dataset.lit, "1");
  fire(row(3), "pointermove");
  assert.match(part("picture").textContent, /not seen here/);
  fire(part("bars"), "pointerleave");
  key("Escape", row(1));
  assert.equal(root.dataset.lit, undefined);
});

test("a row under the keys shows its part; a click alone does not count as that", async () => {
  const { root, row } = await chart();
  key("Tab", row(1));
  row(1).focus();
  assert.equal(root.dataset.lit, "1");
  key("ArrowDown");
  assert.equal(root.dataset.lit, "2");
  fire(row(0), "pointerdown");
  row(0).focus();
  assert.equal(root.dataset.lit, undefined);
});

test("the pointer over the picture names the part that is strongest there", async () => {
  const { root, part } = await chart();
  const [stage] = ofClass(part("picture"), "xk-count-stage");
  stage.room = { left: 10, top: 10, width: 100, height: 100 };
  fire(stage, "pointermove", { clientX: 20, clientY: 20 });
  assert.deepEqual([root.dataset.lit, attributesOf([root.querySelector('[data-part="1"]')], "data-lit")[0]], ["1", ""]);
  fire(stage, "pointermove", { clientX: 100, clientY: 100 }); // nothing is there
  assert.equal(root.dataset.lit, undefined);
  fire(stage, "click", { clientX: 20, clientY: 20 });
  fire(stage, "pointerleave");
  assert.equal(root.dataset.lit, "1");
});

test("another reading changes numbers, pie and single concepts, on the same scale", async () => {
  const { model, root, part, numbers } = await chart();
  const zeros = () => ofClass(root, "xk-count-zero")[0].style.left;
  const [before, scale] = [zeros(), texts(ofClass(part("spikes"), "xk-slice-words"))];
  click(root.querySelector('[data-choice="baseline"]'));
  assert.deepEqual(model.sent, [["reading", "baseline"]]);
  assert.deepEqual(numbers(), ["+0.5", "+0.5", "+2.0", "−4.0"]);
  assert.deepEqual([zeros(), texts(ofClass(part("spikes"), "xk-slice-words"))], [before, scale]);
  assert.match(part("pie").attributes["aria-label"], /tail 57% against/);
  assert.equal(part("marked").style.visibility, "");
  assert.match(part("spikes").parentElement.textContent, /half comes from 1 of 3/);
});

test("another picture stands beside the first, on one scale, with its own map", async () => {
  const { model, root, part, row, numbers } = await chart();
  part("other").value = 1;
  fire(part("other"), "change");
  assert.deepEqual(model.sent, [["other", 1]]);
  await until(() => root.dataset.other === "1");
  assert.deepEqual(numbers().slice(0, 4), ["+3.0", "+6.0", "−1.5", "0"]);
  const [first, second] = ofClass(row(1), "xk-count-fill").map(({ style }) => parseFloat(style.width));
  assert.ok(Math.abs(second - 2 * first) < 1e-6);
  assert.deepEqual([part("other-picture").hidden, part("heat").hidden], [false, true]);
  await until(() => root.dataset.mapped === "0,1");
  fire(row(1), "pointermove");
  assert.deepEqual([painted(root, "picture"), painted(root, "other-picture")], [1, 1]);
  click(part("next")); // the picture beside becomes the picture
  assert.deepEqual(model.sent.slice(1), [["picture", 1], ["other", -1]]);
  assert.equal(part("other-picture").hidden, true);
});

test("what was not read says so", async () => {
  const { root, part, numbers } = await chart({ picture: 2 });
  assert.equal(ofClass(root, "xk-count-head")[0].textContent, "This picture cannot be read.");
  assert.deepEqual(new Set(numbers()), new Set(["not read"]));
  assert.deepEqual([part("pie").parentElement.hidden, part("spikes").parentElement.hidden], [true, true]);
});

test("one picture, one reading, one part, no maps: only what there is", async () => {
  const alone = { ...VIEW, readings: { x: { start: 0, gives: [1], single: [] } }, rows: [0], cells: {}, heat: new DataView(new ArrayBuffer(0)) };
  const { root, part, row } = await chart({ views: [alone], names: ["it"], readings: ["x"], reading: "x" }, 400);
  assert.deepEqual([ofClass(root, "xk-count-tools")[0].hidden, ofClass(root, "xk-choices")[0].hidden, root.dataset.layout], [true, true, "narrow"]);
  assert.deepEqual([part("heat").hidden, part("spikes").parentElement.hidden, part("pie").parentElement.hidden], [true, true, false]);
  fire(row(0), "pointermove");
  assert.deepEqual([byTest(part("picture"), "map").hidden, root.dataset.lit], [true, "0"]);
  fire(ofClass(part("picture"), "xk-count-stage")[0], "pointermove", { clientX: 1, clientY: 1 });
  assert.equal(root.dataset.lit, undefined);
});

test("of many parts the others are one bar and one slice, which have no map", async () => {
  const gives = Array.from({ length: 40 }, (_, k) => 40 - k);
  const many = { ...VIEW, readings: { x: { start: 0, gives, single: [] } }, rows: [...Array(12).keys()], cells: {} };
  const { root, row } = await chart({ views: [many], names: gives.map((k) => `part ${k}`), readings: ["x"], reading: "x" });
  assert.equal(root.querySelectorAll("[data-part]").length, 13);
  assert.match(row(OTHERS).textContent, /^28 others\+406\.050%/);
  fire(row(10), "pointermove"); // has a bar, and no slice of its own
  assert.deepEqual(attributesOf(root.querySelectorAll(".xk-slice[data-lit]"), "data-slice"), ["-1"]);
});

test("maps that cannot be read are no silent nothing", async () => {
  const broken = { ...VIEW, cells: { 1: { ...SEEN, data: new DataView(Uint8Array.of(1, 2, 3).buffer) } } };
  const { part } = await chart({ views: [broken] });
  await until(() => part("hint").textContent);
  assert.match(part("hint").textContent, /^The maps cannot be unpacked: /);
});

test("a chart that is gone listens to nothing", async () => {
  const { model, end } = await chart();
  end();
  assert.equal(model.listeners, 0);
});
