import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceRow, slider, tickBox } from "../../xaikit/widgets/kit/js/choices.js";
import { pictureChooser } from "../../xaikit/widgets/kit/js/picture_chooser.js";
import { attributesOf, byTest, click, fire, key, onPage, texts, tick, urls, write } from "./browser.js";
import { EVIL } from "./samples.js";

function colors() {
  const [picked, life] = [[], new AbortController()];
  const row = choiceRow("colors", { auto: "auto", heat: "heat", grey: "shades of grey" }, {
    signal: life.signal,
    chosen(value) {
      picked.push(value);
      row.show(value);
    },
  });
  onPage(row.box);
  row.show("auto");
  return { ...row, picked, life, buttons: row.box.children };
}

test("of a row of choices one is checked, and it alone is in the tab order", () => {
  const { box, buttons, show } = colors();
  assert.deepEqual([box.attributes.role, box.attributes["aria-label"], texts(buttons).join()], ["radiogroup", "colors", "auto,heat,shades of grey"]);
  show("heat");
  assert.deepEqual(attributesOf(buttons, "aria-checked"), ["false", "true", "false"]);
  assert.deepEqual(attributesOf(buttons, "tabindex"), ["-1", "0", "-1"]);
});

test("a hand picks a choice; between them there is nothing to pick", () => {
  const { box, buttons, picked, life } = colors();
  click(buttons[2]);
  click(box);
  assert.deepEqual(picked, ["grey"]);
  life.abort();
  click(buttons[0]);
  assert.equal(picked.length, 1); // the widget has ended
});

test("arrow keys go to the next choice, and stay at the ends", () => {
  const { buttons, picked } = colors();
  buttons[0].focus();
  const taken = ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"].map((name) => key(name).defaultPrevented);
  assert.deepEqual(picked, ["heat", "grey", "grey", "heat", "auto", "auto"]);
  assert.ok(taken.every(Boolean)); // or the notebook would scroll
  assert.deepEqual([document.activeElement, key("x").defaultPrevented, picked.length], [buttons[0], false, 6]);
});

test("a slider tells every step of the hand, and where it lets go", () => {
  const told = [];
  const { box, show } = slider("opacity", "how far it covers", "opacity", { moved: (share) => told.push(["moved", share]), released: (share) => told.push(["released", share]) });
  const [input, number] = [byTest(box, "opacity"), box.querySelector("output")];
  show(0.604);
  assert.deepEqual([input.value, number.textContent, input.attributes["aria-valuetext"], box.attributes.title], ["60", "60%", "60%", "how far it covers"]);
  write(input, "25");
  assert.equal(number.textContent, "25%");
  show(0.6);
  assert.equal(input.value, "25"); // what a hand holds is not taken from it
  fire(input, "change");
  assert.deepEqual(told, [["moved", 0.25], ["released", 0.25]]);
  show(0.6);
  assert.equal(input.value, "60");
});

test("a slider can be switched off", () => {
  const { box, enable } = slider("opacity", "", "opacity", {});
  enable(false);
  assert.ok(byTest(box, "opacity").disabled);
  enable(true);
  assert.ok(!byTest(box, "opacity").disabled);
});

test("a box is ticked by a hand or from outside", () => {
  const told = [];
  const { box, show } = tickBox("same scale", "shared", { chosen: (on) => told.push(on) });
  const input = byTest(box, "shared");
  show(true);
  assert.deepEqual([input.checked, told, box.textContent], [true, [], "same scale"]);
  tick(input, false);
  assert.deepEqual(told, [false]);
});

function pictures(n, names = Array(n).fill("")) {
  const picked = [];
  const chooser = pictureChooser(urls, {
    chosen(number) {
      picked.push(number);
      chooser.show(number);
    },
  });
  onPage(chooser.box);
  chooser.build(Array.from({ length: n }, (_, k) => `picture${k}`), names);
  chooser.show(0);
  const strip = chooser.box.querySelector(".xk-chooser-strip");
  return { ...chooser, picked, strip, back: byTest(chooser.box, "previous"), forth: byTest(chooser.box, "next") };
}

test("one picture needs no choosing", () => {
  assert.deepEqual([0, 1, 2].map((n) => pictures(n).box.hidden), [true, true, false]);
});

test("each picture says which it is, and what is asked about it", () => {
  const { strip } = pictures(2, ["", EVIL]);
  assert.deepEqual(attributesOf(strip.children, "aria-label"), ["picture 1 of 2", `picture 2 of 2: ${EVIL}`]);
  assert.deepEqual(texts(strip.children), ["1", `2 · ${EVIL}`]);
  assert.deepEqual(attributesOf(strip.querySelectorAll("img"), "src"), ["data:picture0", "data:picture1"]);
  assert.deepEqual([attributesOf(strip.children, "aria-checked"), attributesOf(strip.children, "tabindex")], [["true", "false"], ["0", "-1"]]);
});

test("previous and next go one on, and end where the pictures do", () => {
  const { picked, back, forth } = pictures(3);
  click(back);
  [forth, forth, forth].forEach(click);
  click(back);
  assert.deepEqual(picked, [1, 2, 1]);
  assert.deepEqual([back.disabled, forth.disabled], [false, false]);
});

test("the button that brought the last picture leaves the keys in the widget", () => {
  const { strip, forth } = pictures(2);
  forth.focus();
  key("Enter");
  assert.ok(forth.disabled);
  assert.equal(document.activeElement, strip.children[1]);
});

test("a hand and arrow keys choose among the small pictures", () => {
  const { strip, picked } = pictures(3);
  click(strip.children[2].querySelector("img"));
  strip.children[2].focus();
  ["ArrowRight", "ArrowLeft", "ArrowUp"].forEach((name) => key(name));
  assert.deepEqual([picked, document.activeElement === strip.children[0]], [[2, 2, 1, 0], true]);
  assert.equal(key("Tab").defaultPrevented, false);
});

test("the chosen picture is scrolled into sight, inside its strip", () => {
  const { strip, show } = pictures(9);
  strip.room = { left: 0, top: 0, width: 100, height: 40 };
  [...strip.children].forEach((one, n) => { one.room = { left: 40 * n, top: 0, width: 40, height: 40 }; });
  const after = [5, 4, 0].map((number) => {
    show(number);
    return strip.scrollLeft;
  });
  assert.deepEqual(after, [140, 140, 0]);
});
