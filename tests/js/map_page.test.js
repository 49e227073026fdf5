import assert from "node:assert/strict";
import { test } from "node:test";
import widget from "../../xaikit/widgets/semantic_map/widget.js";
import { SPEAKS, colorOf, inked, unpackMap } from "../../xaikit/widgets/semantic_map/points.js";
import { choicesOf } from "../../xaikit/widgets/semantic_map/bar.js";
import { searchBox } from "../../xaikit/widgets/semantic_map/search.js";
import { detailPanel, gallery, legend, pointCard } from "../../xaikit/widgets/semantic_map/side.js";
import { attributesOf, byTest, click, drag, fire, key, media, modelOf, nextFrame, ofClass, onPage, open, settled, strokes, texts, theme, until, write } from "./browser.js";
import { EVIL, png } from "./samples.js";

const on = (where, type, act) => where.addEventListener(type, act, {});
const packed = (kind, numbers) => new DataView(kind.from(numbers).buffer);

// Six concepts: three animals to the left, two tools to the right, and one alone; their names in the order of the points.
const NAMES = ["bear", "beard lichen", EVIL, "hammer", "saw", "bear trap"];
const PLACES = [[0.1, 0.2], [0.1, 0.5], [0.1, 0.8], [0.9, 0.2], [0.9, 0.8], [0.5, 0.5]];
const share = (value) => Math.round(65535 * value);
const places = (points) => packed(Uint16Array, points.flat().map(share));
const GIVEN = {
  packed_names: NAMES.join("\0"), projection: "t-SNE",
  places: [{ name: "t-SNE", xy: places(PLACES) }, { name: "PCA", xy: places(PLACES.map(([x, y]) => [y, x])) }],
  sizes: packed(Float32Array, [1, 2, 3, 4, 5, 6]), size_name: "uses",
  groupings: [{ name: "kingdom", groups: ["animals", "tools", "other"].join("\0"), of: packed(Uint16Array, [0, 0, 0, 1, 1, 2]), centres: [0, 1].map(() => places([[0.1, 0.5], [0.9, 0.5], [0.5, 0.5]])) }],
  color_by: "kingdom", thumbs: { counts: packed(Uint8Array, [1, 0, 2, 0, 0, 0]), side: 32, sheet: png(1) },
  asks: { pictures: true, relevance: true }, chosen: null, views: [], selection: new DataView(new ArrayBuffer(0)), tiles: [],
};
const MAP = unpackMap(modelOf(GIVEN));

test("what comes packed from Python is a map of names, places, sizes, groups and thumbnails", () => {
  assert.deepEqual([MAP.n, MAP.names[2], [...MAP.sizes], [...MAP.starts], MAP.columns], [6, EVIL, [1, 2, 3, 4, 5, 6], [0, 1, 1, 3, 3, 3, 3], 2]);
  assert.deepEqual([0, 1, 2].map(MAP.pictured), [true, false, true]);
  assert.ok(Math.abs(MAP.placesOf("PCA")[0] - 0.2) < 1e-4);
});

// ---- the search ----

function search(names = NAMES) {
  const went = [];
  const box = onPage(searchBox(names, { on, go: (i) => went.push(i) }));
  const field = byTest(box, "search");
  return { box, field, went, list: byTest(box, "suggestions"), none: ofClass(box, "xk-none")[0], said: () => texts(byTest(box, "suggestions").children) };
}

test("what is typed finds names; Enter goes to the first, arrow keys to others", () => {
  const { field, went, said, list } = search();
  write(field, "Bear");
  assert.deepEqual([said(), list.hidden, field.attributes["aria-expanded"]], [["bear", "bear trap", "beard lichen"], false, "true"]);
  const active = () => list.children.findIndex((item) => item.attributes["aria-selected"] === "true" && item.attributes.id === field.attributes["aria-activedescendant"]);
  const steps = ["ArrowDown", "ArrowUp", "ArrowUp"].map((name) => {
    key(name, field);
    return active();
  });
  assert.deepEqual(steps, [1, 0, 2]); // around the end
  key("Enter", field);
  assert.deepEqual([went, field.value, list.hidden], [[1], "", true]);
});

test("Enter goes nowhere where nothing is suggested any more", () => {
  const { field, went, list } = search();
  write(field, "saw");
  key("Enter", field);
  key("Enter", field);
  assert.deepEqual(went, [4]);
  write(field, "saw");
  key("Escape", field);
  assert.deepEqual([list.hidden, field.value], [true, "saw"]);
  key("Enter", field);
  key("Escape", field);
  key("Enter", field);
  assert.deepEqual([field.value, went], ["", [4]]);
});

test("what is called nothing is said, as text; a name like markup is found as text", () => {
  const { box, field, none, list, said } = search();
  assert.deepEqual([list.hidden, none.hidden, field.attributes["aria-expanded"]], [true, true, "false"]);
  write(field, "zebra<b>");
  assert.deepEqual([none.textContent, none.hidden, none.children.length, list.hidden], ["no concept is called “zebra<b>”", false, 0, true]);
  write(field, "<img");
  assert.deepEqual([said(), none.hidden, box.querySelector("img")], [[EVIL], true, null]);
  fire(field, "blur");
  assert.ok(list.hidden);
});

test("a suggestion that is pressed is taken, and the field keeps the focus", () => {
  const { field, list, went } = search();
  write(field, "bear");
  assert.ok(fire(list.children[1], "pointerdown").defaultPrevented);
  assert.deepEqual(went, [5]);
});

// ---- beside the map ----

test("of choices one is picked by hand or by arrow keys, around the end; none has a word", () => {
  const picked = [];
  const { box, show } = choicesOf("kind", "colors", ["kingdom", "family", ""], { on, chosen: (value) => picked.push(value) });
  onPage(box);
  show("kingdom");
  assert.deepEqual([texts(box.children), attributesOf(box.children, "aria-checked"), attributesOf(box.children, "tabindex")], [["kingdom", "family", "none"], ["true", "false", "false"], ["0", "-1", "-1"]]);
  click(box.children[1]);
  click(box);
  box.children[0].focus();
  ["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp", "x"].forEach((name) => key(name));
  assert.deepEqual([picked, document.activeElement], [["family", "", "kingdom", "family", "kingdom"], box.children[0]]);
});

test("groups are counted and can be dimmed; what has no color of its own is one group", () => {
  const turned = [];
  const { box, show } = legend({ on, turned: (dimmed) => turned.push([...dimmed]) });
  show(MAP.groupings[0]);
  const chips = () => ofClass(box, "xk-chip");
  assert.deepEqual(texts(chips()), ["animals3", "tools2", "other1"]);
  click(chips()[1]);
  click(chips()[0]);
  click(chips()[1].children[1]);
  assert.deepEqual([turned, attributesOf(chips(), "aria-pressed")], [[[1], [1, 0], [0]], ["false", "true", "true"]]);
  const many = Array.from({ length: 20 }, (_, k) => `group ${k}`);
  show({ groups: many, counts: Uint32Array.from(many, () => 1000) });
  assert.deepEqual([chips().length, chips().at(-1).textContent, ofClass(box, "xk-chip")[8].querySelector("path") !== null], [17, "other: 4 groups4,000", true]);
  show(null);
  assert.ok(byTest(box, "legend").hidden);
});

test("the size legend says what the smallest and the largest point mean", () => {
  const { box, showSizes } = legend({ on });
  showSizes("uses", [0.001234, 56789], [2, 18]);
  const sizes = byTest(box, "size-legend");
  assert.deepEqual([sizes.textContent, attributesOf(sizes.querySelectorAll("circle"), "r")], ["size: uses0.0012356800", ["2", "18"]]);
});

test("the note beside a point stays on the map, on whichever side there is room", () => {
  const { box, show, hide } = pointCard(MAP);
  box.room = { left: 0, top: 0, width: 100, height: 60 };
  const at = (x, y) => {
    show(2, [], "asking for pictures…", [x, y, 6], { width: 400, height: 300 });
    return [box.style.left, box.style.top];
  };
  assert.deepEqual([at(200, 150), at(390, 5), at(50, 299)], [["220px", "120px"], ["270px", "4px"], ["70px", "236px"]]);
  assert.deepEqual([box.textContent, box.querySelector("img")], [`${EVIL}kingdomanimalsuses3asking for pictures…`, null]);
  hide();
  assert.ok(box.hidden);
});

function detail() {
  const did = [];
  const told = (name) => (...own) => did.push([name, ...own]);
  const one = detailPanel(MAP, { on, go: told("go"), point: told("point"), close: told("close") });
  return { ...one, did, rows: () => ofClass(one.box, "xk-relevant") };
}

test("what is relevant to a concept has bars, for to the right and against to the left of the middle", () => {
  const { rows, show, box } = detail();
  show(0, [], "", [["saw", 0.5, 4], [EVIL, -0.25, 2], ["a word", 0.1, -1]]);
  assert.deepEqual(attributesOf(rows(), "aria-label"), ["saw: +0.50", `${EVIL}: −0.25`, "a word: +0.10"]);
  const bars = ofClass(box, "xk-relevant-fill").map(({ style }) => [style.left, style.width]);
  assert.deepEqual(bars, [["50%", "50%"], ["25%", "25%"], ["50%", "10%"]]);
  assert.deepEqual(ofClass(box, "xk-relevant-fill").map(({ style }) => style.background), ["for", "against", "for"].map((way) => inked(SPEAKS[way])));
  assert.deepEqual([rows().map((row) => row.disabled), box.querySelector("img")], [[false, false, true], null]); // no concept of this map
  show(0, [], "", [["saw", 0.5, 4]]);
  assert.deepEqual([ofClass(box, "xk-relevant-fill")[0].style.left, ofClass(box, "xk-relevant-fill")[0].style.width], ["0%", "100%"]);
});

test("relevant concepts are shown on the map, and gone to", () => {
  const { rows, show, box, did } = detail();
  show(0, [], "a note", [["saw", 0.5, 4]]);
  fire(rows()[0], "pointerover");
  fire(rows()[0], "focusout");
  click(rows()[0].children[0]);
  click(box.querySelector("[data-close]"));
  assert.deepEqual(did, [["point", 4], ["point", null], ["go", 4], ["close"]]);
  assert.equal(ofClass(box, "xk-note")[0].textContent, "a note");
  show(null, [], "Choose a concept");
  assert.equal(box.textContent, "Choose a concept");
});

test("selected concepts are counted by group, the largest first, and the first of them shown", () => {
  const went = [];
  const { box, show } = gallery(MAP, { on, go: (i) => went.push(i), clear: () => went.push("clear") });
  const words = () => byTest(box, "selection").textContent;
  const picture = () => document.createElement("i");
  show(Uint32Array.of(0, 3, 4), MAP.groupings[0], picture);
  assert.deepEqual([words(), texts(byTest(box, "tiles").children)], ["3 concepts selected: tools 2 · animals 1.", ["bear", "hammer", "saw"]]);
  click(byTest(box, "tiles").children[2].lastChild);
  click(byTest(box, "clear"));
  assert.deepEqual(went, [4, "clear"]);
  show(Uint32Array.of(2), null, picture);
  assert.equal(words(), "1 concept selected.");
  const many = { names: Array(2000).fill("x") };
  const groups = { of: Array.from({ length: 2000 }, (_, i) => i % 8), groups: [..."abcdefgh"] };
  const crowd = gallery(many, { on });
  crowd.show(Uint32Array.from({ length: 2000 }, (_, i) => i), groups, picture);
  assert.match(byTest(crowd.box, "selection").textContent, /^2,000 concepts selected: a 250 · .* · 2 more\. The first 48 are shown\.$/);
  show(new Uint32Array(0), null, picture);
  assert.ok(box.hidden);
});

// ---- the whole map ----

function opened(more = {}, width = 916) {
  const model = modelOf({ ...GIVEN, ...more });
  media.wanted.add("(prefers-reduced-motion: reduce)"); // so that a flight is over at once
  const { root, end } = open(widget, model, width);
  const map = byTest(root, "map");
  map.room = { left: 0, top: 0, width: parseFloat(map.style.width), height: parseFloat(map.style.height) };
  const questions = () => model.sent.filter(([name]) => name === "gesture").map(([, { seq, ...question }]) => question);
  const [points, notes] = map.querySelectorAll("canvas");
  return { model, root, end, map, points, notes, questions, part: (name) => byTest(root, name), tool: (name) => root.querySelector(`[data-tool="${name}"]`) };
}

// Where the canvas has drawn the disc of each point last; large ones come first.
function discs(points) {
  const arcs = strokes(points, "arc").slice(-6).map(({ given: [x, y, r] }) => ({ x, y, r }));
  return arcs.sort((a, b) => a.r - b.r); // as the sizes of this map grow
}
const spotOf = ({ points }, i) => [discs(points)[i].x, discs(points)[i].y];
const hover = (shown, i) => {
  const [clientX, clientY] = spotOf(shown, i);
  fire(shown.map, "pointermove", { clientX, clientY });
  nextFrame();
};

test("every point is drawn, in the color of its group and by its size; names and groups are written", () => {
  const { points, notes, root } = opened();
  assert.deepEqual([discs(points).length, root.dataset.painted], [6, "6"]);
  const inks = strokes(points, "fill").slice(-6).map(({ pen }) => pen.fillStyle);
  assert.deepEqual([0, 1, 2].map((rank) => inks.filter((ink) => ink === inked(colorOf(rank))).length), [3, 2, 1]);
  const written = strokes(notes, "fillText").map(({ given: [text] }) => text);
  assert.ok(["animals", "tools", "hammer", EVIL].every((name) => written.includes(name)), String(written));
  assert.ok(!written.includes("other")); // a group of one is its concept
  const [{ given: [, x, y] }] = strokes(notes, "fillText").filter(({ given: [text] }) => text === "hammer");
  const [left, top] = spotOf({ points }, 3);
  assert.ok(Math.hypot(x - left, y - top) < 60, "a name stands beside its point");
});

test("the pointer on a point tells what it is; beside all points it tells nothing", () => {
  const shown = opened();
  hover(shown, 2);
  assert.match(shown.part("card").textContent, /^<\/p><img.*kingdomanimalsuses3/);
  const sprites = ofClass(shown.part("card"), "xk-sprite");
  assert.deepEqual(sprites.map(({ style }) => style.backgroundPosition), ["-72px 0px", "0px -72px"]); // the second and third on a sheet of two columns
  assert.deepEqual(attributesOf(sprites, "aria-label"), [`picture 1 of ${EVIL}`, `picture 2 of ${EVIL}`]);
  const painted = strokes(shown.points, "fill").length;
  fire(shown.map, "pointermove", { clientX: 1, clientY: 1 });
  nextFrame();
  assert.ok(shown.part("card").hidden);
  assert.equal(strokes(shown.points, "fill").length, painted); // the points, of which there may be many, stay as they are
});

test("a point is hit on its disc, or near it where it is small", () => {
  const shown = opened();
  const { x, y, r } = discs(shown.points)[0];
  const hits = [0, 11, 13].map((aside) => {
    fire(shown.map, "pointermove", { clientX: x, clientY: y + aside });
    nextFrame();
    return !shown.part("card").hidden;
  });
  assert.deepEqual([r < 11, hits], [true, [true, true, false]]);
});

test("on a fine screen the canvas has more pixels, and the map is as large", (t) => {
  t.after(() => { globalThis.devicePixelRatio = 1; });
  const sizes = [1, 2, 3].map((ratio) => {
    globalThis.devicePixelRatio = ratio;
    const { points, map } = opened();
    assert.equal(points.style.width, map.style.width);
    return points.width / parseFloat(map.style.width);
  });
  assert.deepEqual(sizes, [1, 2, 2]);
  assert.equal(strokes(opened().points, "setTransform").at(-1).given[0], 2);
});

test("who rests on a concept without pictures asks for them, once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const shown = opened();
  hover(shown, 1);
  assert.match(shown.part("card").textContent, /asking for pictures…$/);
  t.mock.timers.tick(100);
  hover(shown, 3);
  t.mock.timers.tick(200);
  assert.deepEqual(shown.questions(), [{ kind: "look", number: 3 }]);
  shown.model.say({ done: 1, views: [{ number: 3, pictures: [png(5)], relevance: null }] });
  nextFrame();
  assert.deepEqual(attributesOf(shown.part("card").querySelectorAll("img"), "alt"), ["picture 1 of hammer"]);
  hover(shown, 3);
  t.mock.timers.tick(200);
  assert.equal(shown.questions().length, 1); // they are there
  const quiet = opened({ asks: { pictures: false, relevance: false } });
  hover(quiet, 1);
  t.mock.timers.tick(200);
  assert.deepEqual([quiet.questions(), quiet.part("card").textContent], [[], "beard lichenkingdomanimalsuses2"]);
});

test("a click chooses a concept, Python is asked, and its bars come with the answer", () => {
  const shown = opened();
  assert.match(shown.part("detail").textContent, /^Choose a concept/);
  assert.deepEqual(["hint", "error"].map((name) => shown.part(name).hidden), [true, true]);
  drag(shown.map, [spotOf(shown, 4)]);
  nextFrame();
  assert.deepEqual([shown.questions(), shown.root.dataset.chosen], [[{ kind: "choose", number: 4 }], "4"]);
  assert.match(shown.part("detail").textContent, /^saw✕kingdomtoolsuses5The network is asked…$/);
  shown.model.say({ done: 1, chosen: 4, views: [{ number: 4, pictures: [png(6)], relevance: [["hammer", 0.5, 3]] }] });
  nextFrame();
  assert.match(shown.part("detail").textContent, /Most relevant to sawhammer\+0\.50$/);
  const [[from], [to]] = ["moveTo", "lineTo"].map((name) => strokes(shown.notes, name).map(({ given }) => given)); // a line to what is relevant
  const [saw, hammer] = [4, 3].map((i) => discs(shown.points)[i]);
  assert.deepEqual([from[1] - saw.y, to[1] - hammer.y].map(Math.round), [-Math.round(saw.r + 5), Math.round(hammer.r + 5)]);
  click(shown.part("detail").querySelector("[data-close]"));
  assert.deepEqual(shown.questions().at(-1), { kind: "choose" });
});

test("by keys: arrows walk, Enter chooses, space selects, Escape goes back step by step", () => {
  const shown = opened();
  const { map, root, part, questions } = shown;
  map.focus();
  const told = (name) => {
    key(name);
    nextFrame();
    return part("card").hidden ? null : part("card").querySelector("strong").textContent;
  };
  assert.deepEqual(["ArrowUp", "ArrowLeft", "ArrowUp", "ArrowUp", "ArrowDown"].map(told), ["bear trap", "beard lichen", "bear", "bear", "beard lichen"]);
  told("Enter");
  told(" ");
  assert.deepEqual([root.dataset.chosen, root.dataset.selected, part("selection").textContent], ["1", "1", "1 concept selected: animals 1."]);
  assert.deepEqual(questions()[0], { kind: "choose", number: 1 });
  assert.equal(told("Escape"), null);
  assert.deepEqual([root.dataset.chosen, root.dataset.selected], [undefined, "1"]);
  told("Escape");
  assert.equal(root.dataset.selected, "0");
  assert.deepEqual([key("x").defaultPrevented, key("a", map, { ctrlKey: true }).defaultPrevented], [false, false]);
});

test("who walks to a point that is out of sight is followed by the map, else the map stays", () => {
  const shown = opened();
  const { map, root, points } = shown;
  map.focus();
  const middleOf = () => strokes(points, "arc").at(-1).given.slice(0, 2).map(Math.round);
  key("ArrowUp"); // bear trap, in the middle
  nextFrame();
  const before = middleOf();
  key("ArrowLeft");
  nextFrame();
  assert.deepEqual(middleOf(), before);
  ["+", "+", "+"].forEach((name) => key(name));
  nextFrame();
  key("ArrowUp");
  nextFrame();
  nextFrame();
  const [bear] = strokes(points, "arc").slice(-2).map(({ given: [x, y] }) => [x, y]).filter(([x, y]) => Math.hypot(x - map.room.width / 2, y - map.room.height / 2) < 200);
  assert.ok(bear, "what was walked to is in sight");
  assert.ok(Number(root.dataset.zoom) > 3);
});

test("where what is in focus goes away, the keys stay in the map", () => {
  const shown = opened({ chosen: 4, views: [{ number: 4, pictures: [], relevance: [["hammer", 0.5, 3]] }], selection: packed(Uint32Array, [0]) });
  const { part, map } = shown;
  part("relevance").children[0].focus();
  key("Enter");
  nextFrame();
  const shut = part("detail").querySelector("[data-close]");
  assert.deepEqual([part("detail").querySelector("h4").textContent, document.activeElement], ["hammer", shut]);
  key("Enter");
  assert.equal(document.activeElement, map);
  part("clear").focus();
  key("Enter");
  assert.equal(document.activeElement, map);
});

test("wheel, keys and buttons zoom; at the whole map the wheel scrolls the page", () => {
  const { map, root, tool, points } = opened();
  const zoom = () => {
    nextFrame();
    return Number(root.dataset.zoom);
  };
  assert.equal(fire(map, "wheel", { deltaY: 100, clientX: 200, clientY: 200 }).defaultPrevented, false);
  const radii = () => discs(points).map(({ r }) => r);
  const small = radii()[0];
  assert.ok(fire(map, "wheel", { deltaY: -300, clientX: 430, clientY: 260 }).defaultPrevented);
  const near = zoom();
  assert.ok(near > 1.5);
  assert.ok(strokes(points, "arc").at(-1).given[2] > small); // what is nearer is larger
  click(tool("in"));
  assert.ok(Math.abs(zoom() / near - 1.6) < 0.02);
  click(tool("out"));
  map.focus();
  key("+");
  assert.ok(Math.abs(zoom() / near - 1.5) < 0.02);
  key("-");
  key("0");
  assert.equal(zoom(), 1);
  fire(map, "wheel", { deltaY: -50, ctrlKey: true, clientX: 430, clientY: 260 }); // two fingers on a touchpad
  assert.ok(Math.abs(zoom() - Math.exp(0.44)) < 0.01);
});

test("a drag moves the map; with Shift or the lasso it selects what it goes around", () => {
  const shown = opened();
  const { map, tool, root, part } = shown;
  key("+", map);
  nextFrame();
  const [x, y] = spotOf(shown, 5);
  drag(map, [[300, 300], [330, 310]]);
  nextFrame();
  assert.deepEqual(spotOf(shown, 5).map(Math.round), [x + 30, y + 10].map(Math.round));
  key("0", map);
  nextFrame();
  const [[left, top], [right, bottom]] = [spotOf(shown, 3), spotOf(shown, 4)];
  const around = [[left - 30, top - 30], [right + 30, top - 30], [right + 30, bottom + 30], [left - 30, bottom + 30]];
  drag(map, around, { shiftKey: true });
  nextFrame();
  assert.deepEqual([root.dataset.selected, part("selection").textContent], ["2", "2 concepts selected: tools 2."]);
  const [[, { numbers }], , ] = shown.model.sent;
  assert.deepEqual([...new Uint32Array(numbers.buffer)], [3, 4]);
  shown.model.say({ done: 1 });
  assert.deepEqual(shown.questions()[1], { kind: "tiles", numbers: [3, 4] });
  assert.deepEqual([part("tiles").querySelectorAll(".xk-empty").length, part("tiles").querySelectorAll("img").length], [2, 0]);
  shown.model.say({ done: 2, tiles: [[3, png(8)]] });
  assert.deepEqual([part("tiles").querySelectorAll(".xk-empty").length, part("tiles").querySelectorAll("img").length], [1, 1]);
  click(tool("lasso"));
  assert.equal(tool("lasso").attributes["aria-pressed"], "true");
  drag(map, [[1, 1], [20, 1], [1, 20]]);
  nextFrame();
  assert.equal(root.dataset.selected, "0");
  assert.ok(part("selection").parentElement.parentElement.hidden);
});

test("Escape breaks a lasso off; a finger chooses, and hovers nothing", () => {
  const shown = opened();
  fire(shown.map, "pointermove", { clientX: spotOf(shown, 0)[0], clientY: spotOf(shown, 0)[1], pointerType: "touch" });
  nextFrame();
  assert.ok(shown.part("card").hidden);
  fire(shown.map, "pointerdown", { shiftKey: true });
  [[50, 1], [50, 50]].forEach(([clientX, clientY]) => fire(shown.map, "pointermove", { clientX, clientY }));
  nextFrame();
  assert.ok(strokes(shown.notes, "setLineDash").length > 0);
  key("Escape", shown.map);
  fire(shown.map, "pointerup");
  assert.deepEqual(shown.questions(), []);
});

test("a group that is dimmed stands back and cannot be hit; going to one of its concepts brings it back", () => {
  const shown = opened();
  const [x, y] = spotOf(shown, 0);
  click(shown.root.querySelector('[data-rank="0"]'));
  nextFrame();
  const inks = strokes(shown.points, "fill").slice(-6).map(({ pen }) => pen.fillStyle);
  const pale = inked(colorOf(0).map((part) => Math.round(0.16 * part + 0.84 * 255))); // nearly the paper
  assert.deepEqual([inked(colorOf(0)), pale].map((ink) => inks.filter((one) => one === ink).length), [0, 3]);
  fire(shown.map, "pointermove", { clientX: x, clientY: y });
  nextFrame();
  assert.ok(shown.part("card").hidden);
  write(shown.part("search"), "bear");
  key("Enter", shown.part("search"));
  nextFrame();
  assert.deepEqual([shown.root.dataset.chosen, shown.root.querySelector('[data-rank="0"]').attributes["aria-pressed"]], ["0", "true"]);
  assert.ok(Number(shown.root.dataset.zoom) > 1.5); // flown there
});

test("another projection and other colors are chosen in the page, and told to Python", () => {
  const shown = opened();
  hover(shown, 4);
  const size = shown.map.room;
  click(shown.root.querySelector('[data-projection="PCA"]'));
  nextFrame();
  nextFrame();
  assert.ok(shown.part("card").hidden); // the point is elsewhere now
  assert.deepEqual([shown.model.sent, shown.root.dataset.projection], [[["projection", "PCA"]], "PCA"]);
  const [right, below] = spotOf(shown, 2); // was to the lower left, is to the upper right
  assert.ok(right > size.width / 2 && below < size.height / 2);
  click(shown.root.querySelector('[data-kind=""]'));
  nextFrame();
  nextFrame();
  assert.deepEqual([shown.model.sent[1], shown.part("legend").hidden], [["color_by", ""], true]);
  assert.deepEqual(attributesOf(shown.root.querySelectorAll("[data-kind]"), "aria-checked"), ["false", "true"]);
  assert.ok(strokes(shown.points, "fill").slice(-6).every(({ pen }) => pen.fillStyle === inked(colorOf(0))));
});

test("where motion is wanted, a flight takes its time, and a hand ends it", (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const { root, map } = opened();
  media.wanted.clear();
  write(byTest(root, "search"), "saw");
  key("Enter", byTest(root, "search"));
  const zooms = [0, 350, 700].map((time) => {
    now = time;
    nextFrame();
    nextFrame();
    return Number(root.dataset.zoom);
  });
  assert.ok(zooms[0] < zooms[1] && zooms[1] < zooms[2], String(zooms));
  assert.ok(!("moving" in root.dataset));
  key("0", map);
  assert.ok("moving" in root.dataset);
  fire(map, "wheel", { deltaY: -10 });
  nextFrame();
  const stopped = Number(root.dataset.zoom);
  now = 2000;
  nextFrame();
  assert.equal(Number(root.dataset.zoom), stopped);
});

test("on the way to another projection, points are on their way", (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const shown = opened();
  media.wanted.clear();
  const at = (time) => {
    now = time;
    nextFrame();
    nextFrame();
    return spotOf(shown, 2);
  };
  const start = spotOf(shown, 2);
  click(shown.root.querySelector('[data-projection="PCA"]'));
  const [, half, end] = [at(0), at(350), at(700)];
  half.forEach((place, k) => assert.ok(Math.abs(place - (start[k] + end[k]) / 2) < 0.1 * Math.abs(end[k] - start[k]), String([start, half, end])));
});

test("what Python chooses and selects is shown, and not asked for again", () => {
  const shown = opened();
  shown.model.say({ chosen: 3, selection: packed(Uint32Array, [0, 2]), title: EVIL, error: "no" });
  nextFrame();
  assert.deepEqual([shown.root.dataset.chosen, shown.root.dataset.selected, shown.questions()], ["3", "2", []]);
  assert.ok(Number(shown.root.dataset.zoom) > 1.5); // flown there
  assert.deepEqual([texts(ofClass(shown.root, "xk-title")), shown.part("error").textContent, shown.root.querySelectorAll("h3 img").length], [[EVIL], "no", 0]);
  assert.equal(ofClass(shown.part("tiles"), "xk-sprite").length, 2);
});

test("pictures come onto the map once their sheet is there", async () => {
  const { tool, notes } = opened();
  await settled();
  click(tool("pictures"));
  nextFrame();
  const drawn = strokes(notes, "drawImage").map(({ given }) => given.slice(1, 5));
  assert.deepEqual([tool("pictures").attributes["aria-pressed"], drawn.sort()], ["true", [[0, 0, 32, 32], [32, 0, 32, 32]]]);
  assert.equal(opened({ thumbs: { ...GIVEN.thumbs, counts: new DataView(new ArrayBuffer(0)), sheet: new DataView(new ArrayBuffer(0)) } }).tool("pictures"), null);
});

test("pictures on the map do not cover one another", async () => {
  const near = PLACES.map(([x, y], i) => (i === 2 ? [PLACES[0][0], PLACES[0][1] + 0.02] : [x, y]));
  const { tool, notes } = opened({ places: [{ name: "t-SNE", xy: places(near) }] });
  await settled();
  click(tool("pictures"));
  nextFrame();
  assert.equal(strokes(notes, "drawImage").length, 1);
});

test("without Python the map still tells what it knows, and why not more", () => {
  const shown = opened();
  shown.model.lose();
  drag(shown.map, [spotOf(shown, 3)]);
  nextFrame();
  assert.match(shown.part("detail").textContent, /Python has to run: in the notebook, run this cell first\.$/);
  assert.match(shown.part("card").textContent, /for pictures, Python has to run$/);
  assert.deepEqual(shown.questions(), []);
});

test("with a new width the map keeps what it shows; a theme changes ink and paper", async (t) => {
  t.after(() => Object.assign(theme, { color: "rgb(0, 0, 0)", backgroundColor: "rgb(255, 255, 255)" }));
  const { root, notes, end, model } = opened();
  assert.ok("beside" in root.dataset);
  Object.assign(theme, { color: "rgb(240, 240, 240)", backgroundColor: "rgb(20, 20, 20)" });
  document.body.setAttribute("class", "dark");
  await until(() => strokes(notes, "fillText").at(-1).pen.fillStyle === "rgb(240,240,240)");
  assert.equal(strokes(notes, "strokeText").at(-1).pen.strokeStyle, "rgb(20,20,20)");
  assert.ok(!("beside" in opened({}, 600).root.dataset));
  end();
  assert.equal(model.listeners, 0);
});

test("when the map has ended, nothing is drawn or said any more", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const shown = opened();
  drag(shown.map, [spotOf(shown, 3)]);
  const before = strokes(shown.points, "fill").length;
  key("+", shown.map);
  shown.end();
  nextFrame();
  t.mock.timers.tick(6000);
  assert.deepEqual([strokes(shown.points, "fill").length, shown.part("hint").textContent], [before, ""]);
});

test("a question that nobody answers is said to wait, until it is answered", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const shown = opened();
  drag(shown.map, [spotOf(shown, 3)]);
  t.mock.timers.tick(5001);
  assert.match(shown.part("hint").textContent, /^No answer yet/);
  shown.model.say({ done: 1, chosen: 3 });
  assert.ok(shown.part("hint").hidden);
});

test("with thousands of points, pixels are written, and no names", () => {
  const n = 3500;
  const grid = Array.from({ length: n }, (_, i) => [(i % 70) / 70, Math.floor(i / 70) / 50]);
  const groups = { ...GIVEN.groupings[0], groups: "a\0b", of: packed(Uint16Array, grid.map(([x]) => Number(x > 0.5))), centres: [places([[0.2, 0.5], [0.8, 0.5]])] };
  const { points, notes } = opened({ packed_names: grid.map((_, i) => `n${i}`).join("\0"), places: [{ name: "t-SNE", xy: places(grid) }], sizes: new DataView(new ArrayBuffer(0)), groupings: [groups], thumbs: { ...GIVEN.thumbs, sheet: new DataView(new ArrayBuffer(0)) } });
  const [{ given: [image] }] = strokes(points, "putImageData");
  const pixels = new Uint32Array(image.data.buffer);
  const colors = new Set(pixels);
  const inked = [...pixels.keys()].filter((k) => pixels[k]);
  const [columns, rows] = [inked.map((k) => k % image.width), inked.map((k) => Math.floor(k / image.width))];
  assert.ok(Math.max(...columns) - Math.min(...columns) > 0.5 * image.width && Math.max(...rows) - Math.min(...rows) > 0.5 * image.height);
  assert.deepEqual([strokes(points, "arc").length, colors.size], [0, 3]); // two groups, and nothing
  assert.deepEqual(strokes(notes, "fillText").map(({ given: [text] }) => text).sort(), ["a", "b"]);
});
