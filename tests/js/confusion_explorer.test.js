import assert from "node:assert/strict";
import { test } from "node:test";
import { cellPanel } from "../../xaikit/widgets/confusion/cell_panel.js";
import { matrix } from "../../xaikit/widgets/confusion/matrix.js";
import { repairView } from "../../xaikit/widgets/confusion/repair.js";
import widget from "../../xaikit/widgets/confusion/widget.js";
import { color, css, inkOn } from "../../xaikit/widgets/kit/js/colors.js";
import { tooltip } from "../../xaikit/widgets/kit/js/dom.js";
import { attributesOf, byTest, click, fire, key, modelOf, ofClass, onPage, open, texts, urls } from "./browser.js";
import { BUS, EVIL, TRAM, png } from "./samples.js";

const CLASSES = ["bus", "tram", EVIL];
const CONFUSION = [[8, 2, 0], [0, 5, 0], [1, 0, 4]];
const cell = (r, c, share, more = {}) => ({
  true: CLASSES[r], predicted: CLASSES[c], count: CONFUSION[r][c], words: `${CONFUSION[r][c]} of ${CLASSES[r]} as ${CLASSES[c]}`, share, shade: r === c ? share : -share,
  kind: "", advice: "", evidence: [], pictures: [], ...more,
});
const PICTURES = [{ id: "a.png", image: png(1), probability: 0.7 }, { id: "", image: png(2), probability: null }];
const CONFUSED = cell(0, 1, 0.2, { kind: "look alike", advice: "more pictures", evidence: ["fact one", EVIL], pictures: PICTURES });
const CELLS = [cell(0, 0, 0.8), CONFUSED, cell(1, 1, 1), cell(2, 0, 0.2), cell(2, 2, 0.8)];

function table() {
  const root = onPage(document.createElement("div"));
  const chosen = [];
  const one = matrix(root, { tip: tooltip(root), chosen: (own) => chosen.push([own.true, own.predicted]) });
  root.append(one.box);
  one.show(CLASSES, CONFUSION, CELLS);
  const at = (place) => one.box.querySelector(`[data-cell="${place}"]`);
  return { ...one, root, chosen, at, tip: ofClass(root, "xk-tip")[0], inOrder: () => one.box.querySelectorAll('[tabindex="0"]').map((button) => button.dataset.cell) };
}

test("each cell has its number, its words and its color; empty ones cannot be pressed", () => {
  const { at, box } = table();
  assert.deepEqual([texts(box.querySelectorAll("th")), at("0/1").textContent], [[...CLASSES, ...CLASSES], "2"]);
  assert.deepEqual([at("0/1").attributes["aria-label"], at("0/2").attributes["aria-label"]], ["2 of bus as tram", `true bus, answered ${EVIL}: no pictures`]);
  assert.deepEqual([at("0/1").disabled, at("0/2").disabled], [false, true]);
  const tint = color(-0.2, 1);
  assert.deepEqual([at("0/1").style.background, at("0/1").style.color], [css(tint), inkOn(tint)]);
  assert.equal(box.querySelector("img"), null); // a class named like markup
});

test("a cell is told as a share of its row, under the pointer and in focus, and chosen", () => {
  const { at, tip, chosen, box } = table();
  fire(at("0/1"), "pointerover");
  assert.equal(tip.textContent, "2 of bus as tram, 20% of the row");
  fire(at("0/2"), "pointerover");
  assert.ok(tip.hidden);
  at("1/1").focus();
  assert.equal(tip.textContent, "5 of tram as tram, 100% of the row");
  fire(byTest(box, "matrix"), "scroll"); // what it pointed at is elsewhere now
  assert.ok(tip.hidden);
  fire(at("0/1"), "pointerover");
  fire(box, "pointerleave");
  assert.ok(tip.hidden);
  key("Enter");
  click(at("0/2"));
  click(box);
  assert.deepEqual(chosen, [["tram", "tram"]]);
});

test("arrow keys walk the matrix, and one cell is in the tab order", () => {
  const { at, inOrder, select } = table();
  assert.deepEqual(inOrder(), ["0/0"]);
  at("0/0").focus();
  assert.ok(key("ArrowRight").defaultPrevented);
  assert.deepEqual([document.activeElement, inOrder()], [at("0/1"), ["0/1"]]);
  key("ArrowDown");
  key("ArrowDown");
  assert.equal(document.activeElement, at("2/0"));
  select([EVIL, EVIL]);
  assert.deepEqual([at("2/2").attributes["aria-pressed"], inOrder()], ["true", ["2/0"]]); // the hand is elsewhere
  document.active = null;
  select(["tram", "tram"]);
  assert.deepEqual([at("2/2").attributes["aria-pressed"], inOrder()], ["false", ["1/1"]]);
});

test("names that are wider than their column stand upright, and a table that does not fit says so", () => {
  const { box, resize } = table();
  const [grid, frame, legend] = [box.querySelector("table"), byTest(box, "matrix"), ofClass(box, "xk-legend")[0]];
  resize(900);
  assert.deepEqual([grid.style["--xk-wide"], grid.classList.contains("xk-upright"), legend.textContent], ["104px", false, "How many pictures of each true class got which answer."]);
  box.querySelectorAll("thead th span")[1].room.width = 120;
  Object.defineProperty(frame, "scrollWidth", { value: 500 });
  resize(300);
  assert.deepEqual([grid.style["--xk-wide"], grid.classList.contains("xk-upright")], ["44px", true]);
  assert.match(legend.textContent, /Scroll to see the rest\.$/);
});

function panel(shown = CONFUSED, explains = true, opens = () => true) {
  const chosen = [];
  const one = cellPanel(urls, { chosen: (number) => chosen.push(number) });
  onPage(one.box);
  one.show(shown, explains, opens);
  return { ...one, chosen, notes: byTest(one.box, "notes"), buttons: byTest(one.box, "pictures").children };
}

test("a confusion has its kind, advice and evidence; what is right, or has none, says so", () => {
  const { notes, box } = panel();
  assert.deepEqual(texts(notes.querySelectorAll("p")), ["Kind of error: look alike", "Advice: more pictures"]);
  assert.deepEqual([texts(notes.querySelectorAll("li")), box.querySelector(".xk-evidence img")], [["fact one", EVIL], null]);
  assert.equal(panel({ ...CONFUSED, kind: "", evidence: [] }).notes.textContent, "Advice: more pictures");
  assert.equal(panel(CELLS[0]).notes.textContent, "Right answers: nothing to mend here.");
  assert.equal(panel(CELLS[3]).notes.textContent, "No notes were given about this confusion.");
  assert.match(panel(null).notes.textContent, /^Choose a colored cell/);
});

test("pictures say which they are and how sure the network was, and are chosen where they can be explained", () => {
  const { buttons, chosen, select } = panel(CONFUSED, true, (n) => n === 1);
  assert.deepEqual(attributesOf(buttons, "aria-label"), ["picture 1, a.png, tram 70%", "picture 2"]);
  assert.deepEqual([texts(buttons), buttons.map((one) => one.disabled)], [["70%", ""], [true, false]]);
  buttons.forEach((one) => fire(one, "click"));
  assert.deepEqual(chosen, [1]);
  select(1);
  assert.deepEqual(attributesOf(buttons, "aria-pressed"), ["false", "true"]);
  assert.deepEqual(attributesOf(buttons, "tabindex"), ["-1", "0"]); // the first that can be pressed
  assert.ok(panel(CONFUSED, false).buttons.every((one) => one.disabled));
});

test("arrow keys go over the pictures that can be chosen", () => {
  const many = { ...CONFUSED, pictures: [0, 1, 2, 3].map((n) => ({ ...PICTURES[0], image: png(n) })) };
  const { buttons } = panel(many, true, (n) => n !== 1);
  buttons[0].focus();
  assert.ok(key("ArrowRight").defaultPrevented);
  assert.equal(document.activeElement, buttons[2]);
  ["ArrowDown", "ArrowRight"].forEach((name) => key(name));
  assert.deepEqual([document.activeElement, attributesOf(buttons, "tabindex").join()], [buttons[3], "-1,-1,-1,0"]);
  assert.equal(key("Tab").defaultPrevented, false);
});

const REPAIR = { text: "put a wheel there", before: null, after: png(9), bars: [["bus", 0.2, 0.9], ["tram", 0.8, 0.1]] };
const repairOf = (answer) => {
  const { box, show } = repairView((bytes) => (bytes ? `data:${bytes.getUint8(4)}` : ""));
  show({ picture: png(5), true: "bus", predicted: "tram", ...answer });
  return box;
};

test("a repair shows the picture before and after, and what the network says of both", () => {
  const box = repairOf({ repair: REPAIR });
  assert.deepEqual(attributesOf(box.querySelectorAll("img"), "src"), ["data:5", "data:9"]);
  assert.equal(byTest(box, "verdict").textContent, "was: tram 80% → now: bus 90%");
  assert.deepEqual(texts(ofClass(box, "xk-tag")), [" the true class", " the network’s answer"]);
  assert.deepEqual(attributesOf(ofClass(box, "xk-bar"), "aria-label"), ["before: 20%", "after: 90%", "before: 80%", "after: 10%"]);
  assert.equal(repairOf({ repair: { ...REPAIR, before: png(6) } }).querySelector("img").src, "data:6");
});

test("where there is no repair, that is said; a class called like what every object has gets no tag", () => {
  assert.match(repairOf({ repair: null }).textContent, /None was found for this picture\.$/);
  const odd = repairOf({ repair: { ...REPAIR, bars: [["constructor", 0.2, 0.9], [EVIL, 0.8, 0.1]] } });
  assert.deepEqual([ofClass(odd, "xk-tag"), texts(ofClass(odd, "xk-class"))], [[], ["constructor", EVIL]]);
});

// ---- the whole explorer ----

const ANSWER = {
  true: "bus", predicted: "tram", number: 0, picture: png(3), aspect: 1, warning: "", cause: "Its wheel is hidden.", where: png(4),
  graphs: [TRAM, BUS], repair: REPAIR,
};
const GIVEN = {
  classes: CLASSES, confusion: CONFUSION, summary: "15 of 20 are right.", cells: CELLS, explains: true, answers: [], patches: [],
  selected_cell: null, selected_picture: null, title: "Vehicles",
};

function explorer(more = {}) {
  const model = modelOf({ ...GIVEN, ...more });
  const { root, end } = open(widget, model);
  return { model, root, end, part: (name) => byTest(root, name), at: (place) => root.querySelector(`[data-cell="${place}"]`), picture: (n) => byTest(root, "pictures").children[n] };
}

test("a cell is shown at once, before Python has answered", () => {
  const { model, root, part, at } = explorer();
  assert.deepEqual([part("summary").textContent, part("detail").hidden], ["15 of 20 are right.", true]);
  click(at("0/1"));
  assert.deepEqual(model.sent, [["gesture", { cell: ["bus", "tram"], picture: null, seq: 1 }]]);
  assert.deepEqual([ofClass(root, "xk-cell-title")[0].textContent, at("0/1").attributes["aria-pressed"], part("busy").textContent], ["2 of bus as tram", "true", ""]);
  assert.equal(ofClass(root, "xk-sight")[0].seen, 1);
});

test("a picture is asked about; meanwhile the explorer says so, and its room is kept", () => {
  const { model, root, part, at, picture } = explorer();
  click(at("0/1"));
  click(picture(0));
  assert.deepEqual([part("busy").textContent, "busy" in root.dataset, part("detail").hidden], ["The network is thinking…", true, true]);
  model.say({ done: 1 });
  assert.deepEqual(model.sent[1], ["gesture", { cell: ["bus", "tram"], picture: 0, seq: 2 }]);
  model.say({ done: 2, answers: [ANSWER], selected_cell: ["bus", "tram"], selected_picture: 0 });
  assert.deepEqual([part("busy").textContent, part("detail").hidden, part("cause").textContent], ["", false, "Its wheel is hidden."]);
  assert.ok(!("busy" in root.dataset));
  assert.match(part("where").src, /^data:image\/png/);
  assert.deepEqual(texts(ofClass(root, "xk-question")), ["Why tram?", "Why not bus?"]);
  assert.equal(part("repair").hidden, false);
  click(picture(1)); // the room of the answer stays, so that nothing jumps
  assert.deepEqual([part("detail").hidden, part("detail").classList.contains("xk-waiting")], [false, true]);
});

test("an answer without cause, place or repair shows none, and warns where it has to", () => {
  const plain = { ...ANSWER, true: "tram", predicted: "tram", cause: "", where: null, repair: null, warning: EVIL };
  const chosen = { selected_cell: ["tram", "tram"], selected_picture: 0, answers: [plain] };
  const { part } = explorer({ ...chosen, cells: CELLS.map((one) => (one.true === "tram" ? { ...one, pictures: PICTURES } : one)) });
  assert.deepEqual([part("warning").textContent, part("warning").hidden, part("warning").children.length], [EVIL, false, 0]);
  assert.deepEqual([part("cause").parentElement.hidden, part("where").hidden, part("repair").hidden], [true, true, true]);
});

test("that a wrong answer has no repair is said, that a right one needs none is not", () => {
  const repair = (answer) => {
    const chosen = { selected_cell: [answer.true, answer.predicted], selected_picture: 0, answers: [answer] };
    return explorer(chosen).part("repair");
  };
  const shown = repair({ ...ANSWER, repair: null });
  assert.deepEqual([shown.hidden, shown.textContent], [false, "Suggested repairNone was found for this picture."]);
  assert.ok(repair({ ...ANSWER, true: "tram", repair: null }).hidden);
});

test("what a hand does to a graph stays with its picture", () => {
  const { root, part, at } = explorer({ selected_cell: ["bus", "tram"], selected_picture: 0, answers: [ANSWER] });
  click(root.querySelector('[data-reading="why"]'));
  assert.deepEqual(texts(ofClass(root, "xk-question")), ["Why tram?", "Why bus?"]);
  click(at("0/0"));
  click(at("0/1"));
  click(part("pictures").children[0]);
  assert.deepEqual(texts(ofClass(root, "xk-question")), ["Why tram?", "Why not bus?"]);
});

test("an error of Python is said when it has ended, not while it thinks", () => {
  const { model, part } = explorer();
  model.say({ busy: true, error: EVIL });
  assert.ok(part("error").hidden);
  model.say({ busy: false });
  assert.deepEqual([part("error").textContent, part("error").hidden, part("error").children.length], [EVIL, false, 0]);
});

test("without Python, what was opened before can still be seen, and the rest says why not", () => {
  const { model, part, at, picture } = explorer({ answers: [ANSWER] });
  model.lose();
  model.say({ done: 0 });
  click(at("0/1"));
  assert.deepEqual([picture(0).disabled, picture(1).disabled, part("hint").hidden], [false, true, false]);
  assert.match(part("hint").textContent, /^The pictures that can be chosen were opened before\./);
  click(picture(0));
  assert.deepEqual([part("detail").hidden, part("cause").textContent, model.sent], [false, "Its wheel is hidden.", []]);
});

test("a question that nobody answers is said to wait; an end ends it", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, part, at, end } = explorer();
  click(at("0/1"));
  t.mock.timers.tick(5001);
  assert.match(part("hint").textContent, /^No answer yet: .* Pictures that were opened before can be chosen without it\.$/);
  model.say({ done: 1 });
  assert.ok(part("hint").hidden);
  end();
  assert.equal(model.listeners, 0);
});

test("beside the table there is room for the notes, or they stand below", () => {
  assert.ok("beside" in explorer().root.dataset);
  assert.ok(!("beside" in open(widget, modelOf(GIVEN), 380).root.dataset));
});
