import assert from "node:assert/strict";
import { test } from "node:test";
import { bar } from "../../xaikit/widgets/kit/js/bars.js";
import { card } from "../../xaikit/widgets/kit/js/card.js";
import { changes } from "../../xaikit/widgets/kit/js/changes.js";
import { color, css, gradient } from "../../xaikit/widgets/kit/js/colors.js";
import { marks } from "../../xaikit/widgets/kit/js/marks.js";
import { attributesOf, byTest, ofClass, texts, urls } from "./browser.js";
import { BUS, EVIL } from "./samples.js";

const VALUES = {
  nodes: [{ effect: 0.6, learned: 0.4 }, { effect: -0.3, learned: -0.1 }, { effect: null, learned: 0.1 }],
  edges: [{ effect: 0.5, learned: 0.2 }, { effect: null, learned: -0.1 }, { effect: null, learned: 0.3 }],
  limit: 0.6, toward: "bus", question: "Why", tag: "the network’s answer", sentence: BUS.why, predicted: true,
};

test("a bar is as long as its share, and says so to those who cannot see it", () => {
  const { row, show } = bar("network");
  show(0.934);
  assert.equal(ofClass(row, "xk-fill")[0].style.width, "93.4%");
  assert.deepEqual([row.attributes.role, row.attributes["aria-label"], row.hidden], ["img", "network: 93%", false]);
  assert.ok(ofClass(row, "xk-tick")[0].hidden);
});

test("a tick shows where a bar stood, and the number where it came from, if both read differently", () => {
  const { row, show } = bar("GRN");
  show(0.2, 0.75);
  const [tick] = ofClass(row, "xk-tick");
  assert.deepEqual([tick.hidden, tick.style.left, ofClass(row, "xk-number")[0].textContent], [false, "75%", "75% → 20%"]);
  show(0.2, 0.201);
  assert.deepEqual([tick.hidden, row.attributes["aria-label"]], [false, "GRN: 20%"]);
  show(0, null);
  assert.deepEqual([tick.hidden, row.attributes["aria-label"]], [true, "GRN: 0%"]);
});

test("without a number there is no bar; 0 is one", () => {
  const { row, show } = bar("GRN");
  assert.deepEqual([null, undefined, 0].map((value) => {
    show(value);
    return row.hidden;
  }), [true, true, false]);
});

test("the second of two bars is faint", () => {
  const kinds = [bar("network"), bar("GRN"), bar("before", true), bar("chance", false)].map(({ row }) => row.classList.contains("xk-student"));
  assert.deepEqual(kinds, [false, true, true, false]);
});

test("a part is drawn again where any of its values is another", () => {
  const [changed, shared] = [changes(), []];
  assert.deepEqual([changed("a", 1, shared), changed("a", 1, shared), changed("b", 1, shared), changed("a", 1, [])], [true, false, true, true]);
  assert.deepEqual([changed("a", 2, shared), changed("none"), changed("none")], [true, true, false]);
});

test("the color bar goes from against over white to for", () => {
  const stops = gradient().match(/rgb\([\d,]+\)/g);
  assert.deepEqual([stops.length, stops[0], stops[20], stops[40]], [41, ...[-1, 0, 1].map((value) => css(color(value, 1)))]);
});

test("marks: what was found first, by what was measured; what was not says why", () => {
  const { box, show } = marks();
  show(BUS, VALUES);
  assert.deepEqual(texts(box.children), ["1wheel+0.60", "2concept 2−0.30", "3concept 3 not found: the nearest region is at distance 3.1, more than 2.0"]);
  show(BUS, { ...VALUES, nodes: [VALUES.nodes[1], VALUES.nodes[0], { effect: null, learned: 9 }] });
  assert.deepEqual(attributesOf(box.children, "data-row"), ["1", "0", "2"]); // however much it would say
});

test("of marks, only those without a node in the graph are in the tab order", () => {
  const { box, show, select } = marks();
  show(BUS, VALUES);
  assert.deepEqual(attributesOf(box.children, "tabindex"), ["-1", "-1", "0"]);
  select(1);
  assert.deepEqual(attributesOf(box.children, "aria-pressed"), ["false", "true", "false"]);
});

test("a mark begins in the middle, as far as it was measured; the diamond is what was learned", () => {
  const { box, show } = marks();
  show(BUS, VALUES);
  const styles = (kind) => attributesOf(ofClass(box, kind), "style");
  assert.deepEqual(styles("xk-effect"), [`left:50%;width:50%;background:${css(color(0.6, 0.6))}`, `left:25%;width:25%;background:${css(color(-0.3, 0.6))}`]);
  assert.deepEqual(styles("xk-learned").map((style) => Math.round(parseFloat(style.split(":")[1]))), [83, 42]);
  show(BUS, { ...VALUES, nodes: VALUES.nodes.map(({ learned }) => ({ effect: null, learned })) });
  assert.deepEqual([styles("xk-effect"), texts(ofClass(box, "xk-number"))], [[], ["+0.40", "−0.10"]]);
});

function cardOf(graph = BUS, values = VALUES) {
  const one = card(2, urls);
  one.build(graph, { source: "picture" }, { card: 300, width: 280, height: 280, radius: 20 });
  one.paint(values);
  one.graph.place(undefined, 1);
  return one;
}

test("a card asks about its class, shows both probabilities, and does not repeat the question", () => {
  const { box } = cardOf();
  assert.equal(ofClass(box, "xk-question")[0].textContent, "Why bus?");
  assert.deepEqual(attributesOf(ofClass(box, "xk-bar"), "aria-label"), ["network: 90%", "GRN: 80%"]);
  assert.equal(ofClass(box, "xk-why")[0].textContent, "Its wheel.");
  assert.deepEqual([box.style.width, box.dataset.card], ["300px", "2"]);
  assert.equal(ofClass(cardOf(BUS, { ...VALUES, sentence: "Nothing was found." }).box, "xk-why")[0].textContent, "Nothing was found.");
});

test("only the card of the network’s answer bears the tag", () => {
  const tagOf = ({ box }) => [ofClass(box, "xk-tag")[0].hidden, box.classList.contains("xk-predicted")];
  assert.deepEqual(tagOf(cardOf()), [false, true]);
  assert.deepEqual(tagOf(cardOf(BUS, { ...VALUES, predicted: false })), [true, false]);
});

test("a concept is chosen in the graph and among the marks together", () => {
  const one = cardOf();
  one.select(1);
  const pressed = [...one.box.querySelectorAll('[aria-pressed="true"]')];
  assert.deepEqual(pressed.map(({ dataset }) => dataset.node ?? dataset.row), ["1", "1"]);
});

test("what stands for a concept is its node, or its row where it is not found", () => {
  const one = cardOf();
  assert.deepEqual([one.elementOf("node", 0).dataset.node, one.elementOf("node", 2).dataset.row, one.elementOf("edge", 1).dataset.edge], ["0", "2", "1"]);
});

test("names on a card are text", () => {
  const graph = { ...BUS, name: EVIL, nodes: BUS.nodes.map((node) => ({ ...node, label: EVIL, missing: EVIL })) };
  const { box } = cardOf(graph, { ...VALUES, toward: EVIL, sentence: EVIL });
  assert.equal(ofClass(box, "xk-question")[0].textContent, `Why ${EVIL}?`);
  assert.match(byTest(box, "marks").textContent, /<img src=x/);
  assert.equal(box.querySelector("img"), null);
});
