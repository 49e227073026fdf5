import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_ANSWER } from "../../xaikit/widgets/kit/js/dialogue.js";
import { scores } from "../../xaikit/widgets/patch_board/scores.js";
import { stage } from "../../xaikit/widgets/patch_board/stage.js";
import { tray } from "../../xaikit/widgets/patch_board/tray.js";
import widget from "../../xaikit/widgets/patch_board/widget.js";
import { attributesOf, byTest, click, drag, fire, key, modelOf, ofClass, onPage, open, settled, texts, urls, write } from "./browser.js";
import { BUS, EVIL, TRAM, png } from "./samples.js";

test("bars of both networks for every class; the first is marked, and ticks stand where it was before", () => {
  const { box, show } = scores();
  const now = { probabilities: { bus: 0.3, tram: 0.7 }, before: { bus: 0.9, tram: 0.1 }, student: { bus: 0.4 }, student_before: { bus: 0.8 } };
  const bars = () => ofClass(box, "xk-bar").filter((row) => !row.hidden).map((row) => row.attributes["aria-label"]);
  show(now, false);
  assert.deepEqual([bars(), box.lastChild.hidden], [["network: 30%", "GRN: 40%", "network: 70%"], true]);
  assert.deepEqual(ofClass(box, "xk-score").map((row) => row.classList.contains("xk-predicted")), [false, true]);
  const [row] = ofClass(box, "xk-score");
  show(now, true);
  assert.deepEqual([bars(), box.lastChild.hidden], [["network: 90% → 30%", "GRN: 80% → 40%", "network: 10% → 70%"], false]);
  assert.equal(ofClass(box, "xk-score")[0], row); // the same bars, which grow and shrink
  show({ ...now, probabilities: { [EVIL]: 1 }, student: {} }, true);
  assert.deepEqual([texts(ofClass(box, "xk-class")), box.querySelector("img"), bars()], [[EVIL], null, ["network: 100%"]]);
  show({ ...now, probabilities: { toString: 1 }, student: {} }, true); // what every object has was no score before
  assert.deepEqual(bars(), ["network: 100%"]);
});

// ---- the picture with its numbers ----

function picture(graphs = [BUS, TRAM]) {
  const one = stage(urls);
  onPage(one.box);
  one.resize(400, 1);
  one.showNodes(graphs, 1);
  const markers = () => one.box.querySelectorAll("[data-marker]");
  return { one, markers, pressed: () => one.box.querySelectorAll('[aria-pressed="true"]') };
}

test("concepts that are found are numbers on the picture, of both classes", () => {
  const { markers } = picture();
  assert.deepEqual([texts(markers()), attributesOf(markers(), "data-of")], [["1", "2", "1"], ["0", "0", "1"]]);
  assert.equal(markers()[0].attributes["aria-label"], "wheel of bus: Enter picks it up, Delete erases it");
  assert.deepEqual([markers()[0].attributes.transform, attributesOf(markers(), "tabindex")], ["translate(120 120)", ["0", "-1", "-1"]]);
});

test("where numbers would cover each other they part, with lines to where the concepts are", () => {
  const crowd = { ...BUS, nodes: [BUS.nodes[0], { ...BUS.nodes[1], x: 0.31, y: 0.32 }, BUS.nodes[2]] };
  const { one, markers } = picture([crowd]);
  const [a, b] = markers().map(({ attributes }) => attributes.transform.match(/[\d.]+/g).map(Number));
  assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) > 50);
  const ends = ofClass(one.box, "xk-leader").map(({ attributes }) => ["x1", "y1", "x2", "y2"].map((name) => Number(attributes[name])));
  assert.deepEqual(ends, [[120, 120, ...a], [124, 128, ...b]]);
});

test("what is chosen stays chosen, and what is in focus in focus, when the graphs come anew", () => {
  const { one, markers, pressed } = picture();
  one.select(one.nodes[1]);
  markers()[1].focus();
  one.showNodes([{ ...BUS, nodes: BUS.nodes.map((node) => ({ ...node })) }], 1);
  assert.deepEqual([pressed(), document.activeElement], [[markers()[1]], markers()[1]]);
  const lost = { ...BUS, nodes: [BUS.nodes[0], { ...BUS.nodes[1], detected: false }] };
  one.showNodes([lost], 1);
  assert.deepEqual([pressed(), one.selected, document.activeElement], [[], null, one.box]); // the keys stay in the board
});

test("the region of a concept is shown where it is, and gone without one", () => {
  const { one } = picture();
  const [glow] = ofClass(one.box, "xk-glow");
  one.point(one.nodes[0]);
  assert.deepEqual(["href", "width", "height"].map((name) => glow.attributes[name]), [urls(BUS.nodes[0].thumb), "80", "80"]);
  assert.equal(ofClass(one.box, "xk-target").length, 1);
  one.point(null);
  assert.deepEqual([glow.attributes.href, ofClass(one.box, "xk-target").length], [undefined, 0]);
});

// ---- the tray ----

const patch = (number, more) => ({ patch: number, context: 9, size: [0.2, 0.1], good: true, score: 0.31, source: EVIL, ...more });
const TRAYS = [
  { cls: "bus", concept: 0, name: "1", label: "wheel", lost: "", patches: [patch(0), patch(1, { good: false, score: null, source: "" })] },
  { cls: "bus", concept: 1, name: "2", label: "", lost: "not found: too far", patches: [patch(2)] },
  { cls: "tram", concept: 0, name: "1", label: "", lost: "", patches: [patch(3)] },
];
const PATCHES = [40, 41, 42, 43].map(png);

function patches() {
  const did = [];
  const one = tray({ urls: (bytes) => (bytes ? `data:${bytes.getUint8(4)}` : ""), chosen: (cls) => did.push(cls), named: (...own) => did.push(own) });
  onPage(one.box);
  const show = (trays = TRAYS, cls = "bus") => one.show(["bus", "tram"], cls, trays, PATCHES);
  show();
  return { ...one, did, show, tile: (place) => one.box.querySelector(`[data-tile="${place}"]`), rename: (r) => one.box.querySelector(`[data-rename="${r}"]`), inOrder: () => one.box.querySelectorAll("[data-tile]").filter((tile) => tile.attributes.tabindex === "0").map((tile) => tile.dataset.tile) };
}

test("the patches of a class stand by concept, and say what they are", () => {
  const { box, tile } = patches();
  assert.deepEqual(attributesOf(ofClass(box, "xk-tile"), "aria-label"),
    [`good patch of wheel of bus, contribution +0.31, from ${EVIL}`, "bad patch of wheel of bus", `good patch of concept 2 of bus, contribution +0.31, from ${EVIL}`]);
  assert.deepEqual([tile("0/1").children[0].src, tile("0/1").textContent, tile("0/0").textContent], ["data:41", "✗", "✓"]);
  assert.deepEqual(texts(ofClass(box, "xk-lost")), ["not found: too far"]);
  assert.deepEqual(attributesOf(ofClass(box, "xk-row"), "aria-label"), ["wheel", "concept 2"]);
});

test("arrow keys go from patch to patch, one of which is in the tab order", () => {
  const { itemOf, go, tile, inOrder, show } = patches();
  assert.deepEqual(inOrder(), ["0/0"]);
  const steps = [[1, 0], [1, 0], [0, 1], [0, 1], [-1, 0]].map((way) => {
    go(itemOf(document.activeElement) || itemOf(tile("0/0")), way);
    return document.activeElement.dataset.tile;
  });
  assert.deepEqual(steps, ["0/1", "0/1", "1/0", "1/0", "1/0"]);
  assert.deepEqual(inOrder(), ["1/0"]);
  show(TRAYS.map((one) => ({ ...one })));
  assert.equal(document.activeElement, tile("1/0")); // or the next keys would go to the notebook
});

test("classes are chosen by hand or by arrow keys, around the end", () => {
  const { box, did } = patches();
  const tabs = box.querySelectorAll("[role=tab]");
  assert.deepEqual([texts(tabs), attributesOf(tabs, "aria-selected"), attributesOf(tabs, "tabindex")], [["bus", "tram"], ["true", "false"], ["0", "-1"]]);
  click(tabs[1]);
  tabs[0].focus();
  key("ArrowLeft");
  key("ArrowDown");
  assert.deepEqual([did, document.activeElement], [["tram", "tram", "bus"], tabs[0]]);
});

test("a concept is named in its row; the focus comes back; another class ends it", () => {
  const { box, did, show, rename } = patches();
  rename(1).focus();
  key("Enter");
  const field = byTest(box, "name");
  assert.equal(document.activeElement, field);
  write(field, "do");
  show();
  assert.equal(byTest(box, "name"), field); // what is being written stays
  write(field, " door ");
  key("Enter");
  assert.deepEqual([did, document.activeElement, byTest(box, "name")], [[["bus", 1, "door"]], rename(1), null]);
  click(rename(0));
  show(TRAYS, "tram");
  assert.deepEqual([byTest(box, "name"), ofClass(box, "xk-tile").length], [null, 1]);
});

// ---- the whole board ----

const GIVEN = {
  picture: png(1), drawn: new DataView(new ArrayBuffer(0)), aspect: 1, trays: TRAYS, patches: PATCHES, probabilities: { bus: 0.9, tram: 0.1 }, before: { bus: 0.9, tram: 0.1 },
  answer: null, answer_before: null, student: { bus: 0.8, tram: 0.2 }, student_before: {}, graphs: [BUS, TRAM], prediction: "bus", n_undo: 0, n_redo: 0, graphed: 0,
};

async function board(more = {}, width = 916) {
  const model = modelOf({ ...GIVEN, ...more });
  const { root, end } = open(widget, model, width);
  const part = (name) => byTest(root, name);
  part("picture").room = { left: 100, top: 0, width: 400, height: 400 };
  await settled();
  const last = () => model.sent.filter(([name]) => name === "gesture").map(([, { more: waits, ...gesture }]) => gesture).at(-1);
  return { model, root, end, part, last, tile: (place) => root.querySelector(`[data-tile="${place}"]`), marker: (n) => root.querySelectorAll("[data-marker]")[n], ghost: ofClass(root, "xk-ghost")[0] };
}

// Where (x, y) of the picture is on the screen.
const at = (x, y) => [100 + 400 * x, 400 * y];

test("a patch dragged onto the picture asks Python; what was carried stays until the new picture is there", async () => {
  const { model, root, part, last, tile, ghost } = await board();
  drag(tile("0/1"), [[0, 0], at(0.5, 0.9)]);
  assert.deepEqual(last(), { kind: "substitute", cls: "bus", concept: 0, patch: 1, at: [0.5, 0.9], seq: 1 });
  assert.deepEqual([part("busy").textContent, ghost.hidden, ghost.src.slice(0, 10)], ["The network is thinking…", false, "data:image"]);
  model.say({ done: 1, picture: png(2), probabilities: { bus: 0.2, tram: 0.8 }, n_undo: 1 });
  await settled();
  assert.deepEqual([part("busy").textContent, ghost.hidden, part("verdict").textContent, root.dataset.done], ["", true, "was: bus 90% → now: tram 80%", "1"]);
});

test("while a patch is held the board says where it would go; outside nothing is asked", async () => {
  const { model, part, tile, ghost, root } = await board();
  const over = (x, y) => {
    const [clientX, clientY] = at(x, y);
    fire(tile("0/0"), "pointermove", { clientX, clientY });
    return part("hint").textContent;
  };
  fire(tile("0/0"), "pointerdown");
  assert.match(over(0.31, 0.3), /: onto wheel of bus\.$/);
  const side = parseFloat(part("stage").style.width);
  const ghostAt = () => [["left", "width"], ["top", "height"]].map(([from, long]) => (parseFloat(ghost.style[from]) + parseFloat(ghost.style[long]) / 2) / side);
  ghostAt().forEach((share) => assert.ok(Math.abs(share - 0.3) < 1e-9)); // over the concept's own middle
  assert.equal(ofClass(root, "xk-target").length, 1);
  assert.match(over(0.5, 0.95), /: onto a free place\.$/);
  assert.deepEqual(ghostAt().map((share) => share.toFixed(3)), ["0.500", "0.950"]);
  assert.ok(Math.abs(parseFloat(ghost.style.width) - 0.2 * side) < 1e-9);
  assert.match(over(1.4, 0.5), /: outside the picture\.$/);
  assert.ok(ghost.classList.contains("xk-outside"));
  fire(tile("0/0"), "pointerup");
  assert.deepEqual([model.sent, ghost.hidden, part("hint").textContent.slice(0, 12)], [[], true, "Drag a patch"]);
});

test("a click picks a patch up, the next one puts it down", async () => {
  const { part, tile, last } = await board();
  drag(tile("0/0"), [[0, 0]]);
  assert.match(part("hint").textContent, /^Holding good patch of wheel of bus.*Enter drops it, Esc puts it back\.$/);
  const [clientX, clientY] = at(0.7, 0.31);
  fire(part("picture"), "pointermove", { clientX, clientY, pointerId: 7 });
  fire(part("picture"), "pointerdown", { clientX, clientY });
  assert.deepEqual(last(), { kind: "substitute", cls: "bus", concept: 0, patch: 0, onto: ["bus", 1], seq: 1 });
});

test("by keys: pick up, nudge or choose a number, drop; Escape puts it back", async () => {
  const { model, tile, marker, last, root, part } = await board();
  tile("0/0").focus();
  key("Enter");
  ["ArrowRight", "ArrowUp"].forEach((name) => assert.ok(key(name).defaultPrevented));
  key("ArrowRight", tile("0/0"), { shiftKey: true });
  key("Escape");
  assert.deepEqual([model.sent, root.dataset.hand], [[], "idle"]);
  key(" ");
  key("2");
  key("Enter");
  assert.deepEqual(last(), { kind: "substitute", cls: "bus", concept: 0, patch: 0, onto: ["bus", 1], seq: 1 });
  model.say({ done: 1 });
  marker(0).focus();
  key("ArrowRight");
  key("ArrowDown");
  key("ArrowLeft");
  assert.equal(document.activeElement, marker(1));
  key("Enter");
  assert.match(part("hint").textContent, /^Holding concept 2 of bus/);
  key("ArrowDown");
  key("Enter");
  assert.deepEqual(last(), { kind: "move", cls: "bus", concept: 1, to: [0.7, 0.3 + 0.04], seq: 2 });
});

test("a number that is dragged is moved; a click chooses it, Delete or the button erases it", async () => {
  const { model, marker, last, part } = await board();
  drag(marker(0), [at(0.3, 0.3), at(0.6, 0.6)]);
  assert.deepEqual(last(), { kind: "move", cls: "bus", concept: 0, to: [0.6, 0.6], seq: 1 });
  model.say({ done: 1 });
  assert.ok(part("delete").disabled);
  drag(marker(1), [at(0.7, 0.3)]);
  assert.deepEqual([marker(1).attributes["aria-pressed"], part("delete").disabled], ["true", false]);
  click(part("delete"));
  assert.deepEqual(last(), { kind: "delete", cls: "bus", concept: 1, seq: 2 });
  model.say({ done: 2 });
  marker(0).focus();
  key("Backspace");
  assert.deepEqual(last(), { kind: "delete", cls: "bus", concept: 0, seq: 3 });
  drag(marker(1), [at(0.7, 0.3)]);
  assert.ok(part("delete").disabled); // chosen no more
});

test("a drag that is broken off, by the system or by Escape, asks nothing", async () => {
  const { model, tile, root } = await board();
  for (const end of [() => fire(tile("0/0"), "pointercancel"), () => key("Escape", tile("0/0"))]) {
    fire(tile("0/0"), "pointerdown");
    fire(tile("0/0"), "pointermove", { clientX: 300, clientY: 200 });
    assert.equal(root.dataset.hand, "held");
    end();
    assert.equal(root.dataset.hand, "idle");
    fire(tile("0/0"), "pointerup");
  }
  assert.deepEqual(model.sent, []);
});

test("undo, redo and reset can be pressed where there is something to take back, also as keys", async () => {
  const { model, root, part, last } = await board();
  const off = () => ["undo", "redo", "reset"].map((name) => part(name).disabled);
  assert.deepEqual(off(), [true, true, true]);
  key("z", root, { ctrlKey: true });
  assert.deepEqual(model.sent, []);
  model.say({ n_undo: 2 });
  assert.deepEqual(off(), [false, true, false]);
  assert.ok(key("z", root, { ctrlKey: true }).defaultPrevented);
  assert.deepEqual(last(), { kind: "undo", seq: 1 });
  model.say({ done: 1, n_undo: 1, n_redo: 1 });
  for (const [name, fields, kind] of [["y", { ctrlKey: true }, "redo"], ["Z", { metaKey: true, shiftKey: true }, "redo"]]) {
    key(name, root, fields);
    assert.equal(last().kind, kind);
    model.say({ done: last().seq });
  }
  part("reset").focus();
  click(part("reset"));
  assert.equal(last().kind, "reset");
  model.say({ done: 4, n_undo: 0, n_redo: 0 });
  assert.deepEqual([off(), document.activeElement], [[true, true, true], part("stage")]); // the keys stay in the board
});

test("edits wait in turn, five of them; the next is refused in words", async () => {
  const { model, part, tile } = await board();
  for (let n = 0; n < 7; n++) drag(tile("0/0"), [[0, 0], at(0.5, 0.1 * n + 0.2)]);
  assert.equal(part("busy").textContent, "The network is thinking… 5 more waiting");
  assert.match(part("hint").textContent, /^Five edits are waiting/);
  assert.equal(model.sent.length, 1);
  model.say({ done: 1 });
  assert.deepEqual([model.sent[1][1].seq, model.sent[1][1].more, part("busy").textContent], [2, true, "The network is thinking… 4 more waiting"]);
});

test("the graph may follow later, and the board says that it does", async () => {
  const { model, part, root } = await board({ busy: true });
  assert.equal(part("busy").textContent, "The concept graph is following…");
  model.say({ busy: false, graphed: 1, error: EVIL });
  assert.deepEqual([part("busy").textContent, root.dataset.graphed, part("error").textContent, part("error").children.length], ["", "1", EVIL, 0]);
});

test("without Python nothing is picked up or asked, and the board says what to do", async () => {
  const { model, root, part, tile } = await board({ n_undo: 1 });
  model.lose();
  model.say({ n_redo: 1 });
  drag(tile("0/0"), [[0, 0], at(0.5, 0.5)]);
  tile("0/0").focus();
  key("Enter");
  key("z", root, { ctrlKey: true });
  assert.deepEqual([model.sent, part("undo").disabled, part("redo").disabled], [[], true, true]);
  assert.match(part("hint").textContent, /^Editing needs a running kernel/);
});

test("who waits too long is told; an end ends the waiting", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, part, end, tile } = await board();
  drag(tile("0/0"), [[0, 0], at(0.5, 0.5)]);
  t.mock.timers.tick(5001);
  assert.equal(part("hint").textContent, NO_ANSWER);
  end();
  assert.equal(model.listeners, 0);
});

test("beside the chosen class stand the concepts of the network’s answer, and whose is whose is said", async () => {
  const { root, part, model } = await board();
  assert.ok(part("whose").hidden);
  click(root.querySelectorAll("[role=tab]")[1]);
  assert.deepEqual([part("whose").textContent, ofClass(root, "xk-tile").length], ["1tram1bus, its answer", 1]);
  model.say({ prediction: "tram", answer: { name: EVIL, probability: 0.6 } });
  assert.deepEqual([part("whose").hidden, part("verdict").textContent], [true, `The network says: ${EVIL} 60%; among the classes asked about: bus 90%`]);
});

test("a concept that is not in the picture says so in the tray; a name given here is everywhere at once", async () => {
  const { model, root } = await board();
  const missing = { ...BUS, nodes: [BUS.nodes[0], { ...BUS.nodes[1], detected: false, missing: "far off" }, BUS.nodes[2]] };
  model.say({ graphs: [missing, TRAM], trays: [...TRAYS, { ...TRAYS[0], concept: 2, name: "3", label: "" }, { ...TRAYS[0], concept: 7, name: "8", label: "" }] });
  assert.deepEqual(texts(ofClass(root, "xk-lost")), ["not found: far off", "not found: the nearest region is at distance 3.1, more than 2.0"]);
  click(root.querySelector('[data-rename="0"]'));
  write(byTest(root, "name"), "tyre");
  key("Enter", byTest(root, "name"));
  assert.deepEqual([model.sent[0][0], texts(ofClass(root, "xk-rename"))[0], root.querySelector("[data-marker]").attributes["aria-label"].slice(0, 11)], ["naming", "tyre✎", "tyre of bus"]);
});

test("the board stands in one, two or three columns, as its width allows", async () => {
  for (const [width, layout] of [[916, "wide"], [700, "medium"], [400, "narrow"]]) {
    const { root, part } = await board({}, width);
    assert.equal(root.dataset.layout, layout);
    assert.ok(parseInt(part("stage").style.width, 10) <= 380);
  }
});

test("a fine picture can be seen as the network does", async () => {
  const { part } = await board({ drawn: png(5) });
  const before = part("picture").src;
  click(part("coarse"));
  await settled();
  assert.deepEqual([part("picture").src === before, part("picture").classList.contains("xk-coarse"), part("coarse").attributes["aria-pressed"]], [false, true, "true"]);
  assert.ok((await board()).part("coarse").hidden);
});
