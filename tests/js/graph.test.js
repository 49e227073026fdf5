import assert from "node:assert/strict";
import { test } from "node:test";
import { color, css } from "../../xaikit/widgets/kit/js/colors.js";
import { tooltip } from "../../xaikit/widgets/kit/js/dom.js";
import { graphView } from "../../xaikit/widgets/kit/js/graph_view.js";
import { conceptPanel } from "../../xaikit/widgets/kit/js/panel.js";
import { attributesOf, byTest, click, drag, fire, key, ofClass, onPage, texts, urls, write } from "./browser.js";
import { BUS, EVIL, TRAM, png } from "./samples.js";

const SHOWN = {
  picture: "picture", drawn: null, coarse: false, aspect: 1, graphs: [BUS, TRAM], prediction: "bus", answer: null,
  patches: ["patch0", "patch1"], reading: "why_not", positions: {}, selected: null,
};
const WIDE = 900;

// The graphs on a page that keeps what hands do, as a notebook would.
function graphs(more = {}, hooks = {}) {
  const [root, did] = [onPage(document.createElement("div")), []];
  root.room = { left: 0, top: 0, width: WIDE, height: 900 };
  const page = { shown: { ...SHOWN, ...more } };
  const keep = (name) => (value) => {
    did.push([name, value]);
    page.show({ [name]: value });
  };
  const view = graphView(root, {
    urls, tip: tooltip(root), read: keep("reading"), moved: keep("positions"), chosen: keep("selected"), named: (...own) => did.push(["named", ...own]), ...hooks,
  });
  page.show = (news) => {
    page.shown = { ...page.shown, ...news };
    view.show(page.shown, WIDE);
    // a browser gives a drawing the size that its attributes name
    ofClass(root, "xk-graph").forEach((one) => { one.room = { left: 0, top: 0, width: Number(one.attributes.width), height: Number(one.attributes.height) }; });
  };
  root.append(view.element);
  page.show({});
  const at = (kind, i, g = 0) => ofClass(root, "xk-card")[g].querySelector(`[data-${kind}="${i}"]`);
  return Object.assign(page, { root, did, at, node: (i, g) => at("node", i, g), edge: (k, g) => at("edge", k, g), tip: ofClass(root, "xk-tip")[0], part: (name) => byTest(root, name) });
}

const placeOf = (node) => node.attributes.transform.match(/[\d.]+/g).map(Number);

test("found concepts are nodes with their numbers; what is not found has no arrows", () => {
  const { root, node, edge } = graphs();
  assert.deepEqual(texts(ofClass(ofClass(root, "xk-card")[0], "xk-node")), ["1", "2"]);
  assert.equal(node(2), null);
  assert.deepEqual([0, 1, 2].map((k) => edge(k).attributes.display ?? ""), ["", "", "none"]);
  assert.deepEqual([node(0).attributes.role, edge(0).attributes.role], ["button", "img"]);
  assert.equal(ofClass(root, "xk-graph")[0].attributes["aria-label"], "concept graph of bus");
});

test("rings and arrows have the color of what was measured, or else of what was learned", () => {
  const { node, edge } = graphs();
  assert.equal(ofClass(node(0), "xk-ring")[0].style.stroke, css(color(0.6, 0.6)));
  assert.equal(ofClass(node(1), "xk-ring")[0].style.stroke, css(color(-0.3, 0.6)));
  assert.deepEqual([0, 1].map((k) => ofClass(edge(k), "xk-line")[0].style.stroke), [css(color(0.5, 0.6)), css(color(-0.1, 0.6))]);
  assert.deepEqual([0, 1].map((k) => ofClass(edge(k), "xk-line")[0].style.strokeWidth), [5, 1.8]); // by their strength
});

test("the strongest arrow lies on top, and is the one in the tab order", () => {
  const { root, edge } = graphs();
  const drawn = ofClass(ofClass(root, "xk-card")[0], "xk-edges")[0].children.filter((one) => !one.attributes.display);
  assert.deepEqual(drawn.map((one) => one.dataset.edge), ["1", "0"]);
  assert.deepEqual([edge(0).attributes.tabindex, edge(1).attributes.tabindex], ["0", "-1"]);
});

test("a concept stands at its own place in the picture", () => {
  const { node, root } = graphs();
  const [canvas] = ofClass(root, "xk-graph");
  const [width, height] = [canvas.attributes.width, canvas.attributes.height].map(Number);
  assert.deepEqual([placeOf(node(0)), placeOf(node(1))], [[0.3 * width, 0.3 * height], [0.7 * width, 0.3 * height]]);
  assert.equal(ofClass(root, "xk-leader").length, 0);
});

test("the pointer and the focus say what a concept or an arrow means, and what it belongs to stands out", () => {
  const { node, edge, tip, root } = graphs();
  fire(node(0), "pointerover");
  assert.equal(tip.textContent, "wheel speaks for bus: +0.60, measured on the network; the small network (GRN) has learned +0.40; found at distance 1.0 of at most 2.0");
  assert.deepEqual([edge(0), edge(1)].map((one) => one.classList.contains("xk-hot")), [true, true]);
  assert.ok(ofClass(root, "xk-graph")[0].classList.contains("xk-lit"));
  edge(1).focus();
  assert.match(tip.textContent, /^from concept 2 to wheel: their places speak against bus: −0.10/);
  assert.deepEqual([edge(0), edge(1)].map((one) => one.classList.contains("xk-hot")), [false, true]);
  assert.equal(edge(1).attributes["aria-label"], tip.textContent);
  fire(root.querySelector(".xk-cards"), "pointerleave");
  assert.deepEqual([tip.hidden, ofClass(root, "xk-stressed").length], [true, 0]);
});

test("arrow keys go from node to node and from arrow to arrow; one of each stays in the tab order", () => {
  const { node, edge, root } = graphs();
  node(0).focus();
  assert.ok(key("ArrowRight").defaultPrevented);
  assert.equal(document.activeElement, node(1));
  const inOrder = ofClass(ofClass(root, "xk-card")[0], "xk-node").filter((one) => one.attributes.tabindex === "0");
  assert.deepEqual(inOrder, [node(1)]);
  key("ArrowRight");
  assert.equal(document.activeElement, node(1)); // there is none further on
  edge(0).focus();
  key("ArrowDown");
  assert.equal(document.activeElement, edge(1));
  key("ArrowRight");
  key("ArrowLeft");
  assert.equal(document.activeElement, edge(0));
  assert.equal(key("x").defaultPrevented, false);
});

test("Enter, space and a click open a concept, again close it, and Escape does", () => {
  const { node, did, part, tip } = graphs();
  node(1).focus();
  key("Enter");
  assert.deepEqual([did.at(-1), part("examples").hidden, node(1).attributes["aria-pressed"]], [["selected", ["bus", 1]], false, "true"]);
  assert.equal(document.activeElement, node(1)); // what is drawn anew keeps the focus
  assert.equal(part("examples").seen, 1); // scrolled into sight
  fire(node(1), "pointerover");
  assert.ok(tip.hidden); // what is open says it there
  key(" ");
  assert.deepEqual([did.at(-1), part("examples").hidden], [["selected", null], true]);
  drag(node(0), [[5, 5], [6, 6]]);
  assert.deepEqual(did.at(-1), ["selected", ["bus", 0]]);
  node(0).focus();
  key("Escape");
  assert.deepEqual(did.at(-1), ["selected", null]);
});

test("what is not found is opened by its row; what Python opens does not scroll the notebook", () => {
  const { at, did, part, show } = graphs();
  const row = at("row", 2);
  row.focus();
  key("Enter");
  assert.deepEqual(did, [["selected", ["bus", 2]]]);
  assert.equal(part("examples").seen, 1);
  show({ selected: ["tram", 0] });
  assert.deepEqual([part("examples").querySelector("strong").textContent, part("examples").seen], ["Concept 1 of tram", 1]);
});

test("a concept that is dragged stays where it was put, in shares of the picture, and inside", () => {
  const { node, did, root, show } = graphs();
  const width = Number(ofClass(root, "xk-graph")[0].attributes.width);
  const [x, y] = placeOf(node(0));
  drag(node(0), [[100, 100], [103, 100], [100, 130], [120, 90]]);
  const [[name, { bus }]] = did;
  assert.equal(name, "positions");
  assert.equal(ofClass(root, "xk-dragging").length, 0);
  assert.deepEqual(bus.slice(1), [null, null]);
  bus[0].forEach((share, k) => assert.ok(Math.abs(share - [x + 20, y - 10][k] / width) < 1e-3));
  assert.ok(Math.abs(placeOf(node(0))[0] - x - 20) < 0.2);
  assert.equal(ofClass(root, "xk-leader").length, 1); // a line to where it is itself
  drag(node(0), [[0, 0], [9999, -9999]]);
  const [far, high] = placeOf(node(0));
  assert.ok(far < width && high > 0);
  show({ positions: {} });
  assert.deepEqual(placeOf(node(0)), [x, y]);
});

test("by keys a concept is moved with Shift", () => {
  const { node, did } = graphs();
  const [x, y] = placeOf(node(0));
  node(0).focus();
  key("ArrowDown", node(0), { shiftKey: true });
  assert.equal(did[0][0], "positions");
  assert.deepEqual(placeOf(node(0)), [x, y + 12]);
});

test("a drag that is broken off puts the concept back; the other button and other pointers drag nothing", () => {
  const { node, did, show } = graphs();
  const before = placeOf(node(0));
  fire(node(0), "pointerdown");
  fire(node(0), "pointermove", { clientX: 40, pointerId: 2 });
  assert.deepEqual(placeOf(node(0)), before);
  fire(node(0), "pointermove", { clientX: 40 });
  assert.deepEqual(placeOf(node(0)), [before[0] + 40, before[1]]);
  fire(node(0), "pointercancel");
  drag(node(0), [[0, 0], [50, 50]], { button: 2 });
  fire(node(0), "pointerdown");
  show({}); // graphs that come meanwhile
  fire(node(0), "pointermove", { clientX: 40 });
  assert.deepEqual([placeOf(node(0)), did], [before, []]);
});

test("a class may be called like what every object has", () => {
  const { node, did } = graphs({ graphs: [{ ...BUS, name: "constructor" }], prediction: "constructor" });
  node(0).focus();
  key("ArrowDown", node(0), { shiftKey: true });
  assert.deepEqual(Object.keys(did[0][1]), ["constructor"]);
});

test("the reading changes questions, sentences and numbers", () => {
  const { root, show, at } = graphs();
  const words = () => texts([...ofClass(root, "xk-question"), ...ofClass(root, "xk-why")]);
  assert.deepEqual(words(), ["Why bus?", "Why not tram?", "Its wheel.", "It has no wire."]);
  show({ reading: "why" });
  assert.deepEqual(words(), ["Why bus?", "Why tram?", "Its wheel.", "No."]);
  assert.match(at("node", 0, 1).attributes["aria-label"], /^concept 1 speaks against tram: −0.40/);
  show({ reading: "versus" });
  assert.deepEqual(words(), ["Why bus?", "Why not tram?", "Its wheel.", "Its wire speaks for bus."]);
  assert.match(at("node", 0, 1).attributes["aria-label"], /^concept 1 speaks against bus: −0.50/);
  assert.deepEqual(texts(ofClass(root, "xk-ends")[0].children), ["−0.60 speaks against bus", "0", "speaks for bus +0.60"]);
});

test("readings are chosen by hand or arrow keys; without numbers for and against the answer there is no third", () => {
  const { root, did, show } = graphs();
  const choice = (name) => root.querySelector(`[data-reading="${name}"]`);
  click(choice("why"));
  choice("why").focus();
  ["ArrowRight", "ArrowRight", "ArrowLeft"].forEach((name) => key(name));
  assert.deepEqual(did.map(([, value]) => value), ["why", "versus", "why_not", "versus"]);
  assert.deepEqual([document.activeElement, choice("versus").attributes["aria-checked"], choice("why").attributes.tabindex], [choice("versus"), "true", "-1"]);
  show({ graphs: [BUS], reading: "why" });
  assert.ok(choice("versus").hidden);
  choice("why").focus();
  key("ArrowRight");
  assert.equal(did.at(-1)[1], "why_not");
});

test("the layout can be reset where a hand has changed it", () => {
  const { part, did, node } = graphs();
  assert.ok(part("reset-layout").disabled);
  drag(node(0), [[0, 0], [30, 0]]);
  click(part("reset-layout"));
  assert.deepEqual([did.at(-1), part("reset-layout").disabled], [["positions", {}], true]);
});

test("the picture is the finest there is, unless a hand wants it as the network sees it", () => {
  const looked = [];
  const { root, part, show } = graphs({}, { looked: (on) => looked.push(on) });
  const picture = () => root.querySelector(".xk-graph image").attributes;
  assert.deepEqual([picture().href, part("coarse").hidden], ["data:picture", true]);
  const drawn = png(7);
  show({ drawn });
  assert.deepEqual([picture().href, part("coarse").hidden], [urls(drawn), false]);
  click(part("coarse"));
  show({ coarse: true });
  assert.deepEqual([looked, picture().href, picture().class, part("coarse").attributes["aria-pressed"]], [[true], "data:picture", "xk-coarse", "true"]);
});

test("an answer that is none of the classes asked about is said above", () => {
  const { part, root } = graphs({ answer: { name: EVIL, probability: 0.5 } });
  assert.equal(part("answer").textContent, `The network’s answer: ${EVIL} 50%. Among the classes asked about: bus 90%`);
  assert.equal(ofClass(root, "xk-tag")[0].textContent, "first among those asked about");
  assert.ok(graphs().part("answer").hidden);
});

test("what filled marks mean is said only where something was measured", () => {
  assert.equal(graphs().part("meaning").hidden, false);
  assert.equal(graphs({ graphs: [TRAM] }).part("meaning").hidden, true);
});

test("without graphs nothing is drawn", () => {
  const { root, show } = graphs({ graphs: [] });
  assert.equal(ofClass(root, "xk-card").length, 0);
  show({ graphs: [BUS] });
  assert.equal(ofClass(root, "xk-card").length, 1);
});

// ---- what a concept looks like elsewhere ----

const OPENED = { cls: "bus", node: BUS.nodes[0], value: { effect: 0.6, learned: 0.4 }, toward: "bus", patches: ["patch0", "patch1"] };

function panel(opened = OPENED, named = (...own) => panel.named.push(own)) {
  panel.named = [];
  let closed = 0;
  const one = conceptPanel({ urls, named, close: () => { closed += 1; } });
  onPage(one.box);
  one.show(opened);
  return { ...one, closed: () => closed, cut: one.box.querySelector('[data-testid="cut-out"]'), field: () => byTest(one.box, "name"), pictures: () => attributesOf(one.box.querySelectorAll("img"), "src") };
}

test("a concept that is opened has its examples, whole or cut out", () => {
  const { box, cut, pictures } = panel();
  assert.deepEqual([pictures(), box.querySelector("img").attributes.alt], [["data:patch0"], "example 1 of wheel of bus"]);
  assert.match(box.textContent, /wheel of bus.*wheel speaks for bus: \+0\.60/);
  click(cut);
  assert.deepEqual([pictures(), cut.attributes["aria-pressed"]], [["data:patch1"], "true"]);
});

test("the next concept is cut out as well, unless it has nothing cut out", () => {
  const { show, cut, pictures, box } = panel();
  click(cut);
  show({ ...OPENED, node: { ...BUS.nodes[0], name: "9", cutouts: [0] } });
  assert.deepEqual(pictures(), ["data:patch0"]);
  show({ ...OPENED, node: BUS.nodes[1] });
  assert.deepEqual([pictures(), cut.hidden, cut.attributes["aria-pressed"]], [["data:patch1"], true, "false"]);
  show({ ...OPENED, node: BUS.nodes[2] });
  assert.equal(ofClass(box, "xk-strip")[0].textContent, "no examples were given");
  show(null);
  assert.ok(box.hidden);
});

test("the panel is closed by its button and by Escape", () => {
  const { box, closed } = panel();
  click(box.querySelector(".xk-examples-head button"));
  key("Escape", box);
  assert.equal(closed(), 2);
});

test("a name is given with Enter; Escape in the field leaves the name, and the panel open", () => {
  const { field, closed, box } = panel();
  const { named } = panel;
  field().focus();
  write(field(), " tyre ");
  key("Enter");
  assert.deepEqual([named, document.activeElement], [[["bus", 0, "tyre"]], box.querySelector(".xk-examples-head button")]);
  write(field(), "x");
  key("Escape", field());
  assert.deepEqual([field().value, named.length, closed()], ["wheel", 1, 0]);
});

test("what is being written stays when the concept is drawn anew; a suggestion is only suggested", () => {
  const { field, show } = panel({ ...OPENED, node: { ...BUS.nodes[1], suggested: { name: "lamp", share: 0.62 } } });
  assert.deepEqual([field().value, field().attributes.placeholder], ["", "lamp? 62%"]);
  write(field(), "li");
  show({ ...OPENED, node: { ...BUS.nodes[1] } });
  assert.equal(field().value, "li");
  show(OPENED);
  assert.equal(field().value, "wheel");
  assert.equal(panel(OPENED, null).field(), null); // where nothing can be named
});

test("the panel lies over the card beside its own, or below it where there is none", () => {
  const { root, part, show } = graphs();
  const [own, other] = ofClass(root, "xk-card");
  own.room = { left: 0, top: 10, width: 300, height: 500 };
  other.room = { left: 320, top: 10, width: 300, height: 500 };
  part("examples").room = { left: 0, top: 0, width: 0, height: 200 };
  show({ selected: ["bus", 0] });
  const style = () => [part("examples").style.left, part("examples").style.width, part("examples").style.top];
  assert.deepEqual(style(), ["320px", "300px", "10px"]);
  other.room = { ...other.room, left: 0, top: 520 };
  show({ selected: ["bus", 1] });
  assert.deepEqual(style().slice(0, 2), ["320px", "420px"]); // the rest of the row
  own.room = { ...own.room, width: 700 };
  show({});
  assert.deepEqual(style(), ["0px", "700px", "516px"]);
});
