import { color, css, inkOn } from "../kit/js/colors.js";
import { el, hear, placeIn, set } from "../kit/js/dom.js";
import { clamp, directionOf, neighbour } from "../kit/js/geometry.js";
import { percent } from "../kit/js/words.js";

const LEAST_CELL = 44; // pixels, so that a finger hits one
const SIZES = [[5, 104, 60], [10, 64, 50], [16, 50, 46]]; // up to so many classes, cells of that width and height
const MEANING = "How many pictures of each true class got which answer.";
const HEADS = 170; // pixels at most for the names beside the rows

// How wide and high a cell of m classes is, where the table may have `width` pixels.
export function cellSize(m, width) {
  const [, wide, high] = SIZES.find(([most]) => m <= most) || [0, LEAST_CELL, LEAST_CELL];
  return { wide: clamp(Math.floor((width - HEADS) / m), LEAST_CELL, wide), high };
}

// The index of the cell that an arrow key leads to: the next in the same line, or else the nearest on that side.
// places: [{x, y}], x the column and y the row.
export function nextCell(places, from, key) {
  const [dx, dy] = directionOf(key);
  const { x, y } = places[from];
  const steps = (place) => (place.x - x) * dx + (place.y - y) * dy;
  const inLine = places.map((place, i) => i).filter((i) => (dx ? places[i].y === y : places[i].x === x) && steps(places[i]) > 0);
  if (inLine.length) return inLine.reduce((best, i) => (steps(places[i]) < steps(places[best]) ? i : best));
  return neighbour(places, from, key);
}

// The confusion matrix: a table with a button for every cell that counts pictures; `chosen(cell)` when one is pressed.
// A cell is {true, predicted, count, words, share, shade}. Buttons carry data-cell="row/column".
export function matrix(root, hooks) {
  const table = el("table", { class: "xk-table", "aria-label": MEANING });
  const frame = el("div", { class: "xk-matrix", "data-testid": "matrix" }, table);
  const legend = el("p", { class: "xk-legend" });
  const box = el("div", { class: "xk-square" }, frame, legend);
  // squares: those that count pictures, [{button, cell, told, x, y}], x the column and y the row; one is in the tab order.
  const me = { squares: [], active: 0 };
  me.rove = () => me.squares.forEach(({ button }, i) => set(button, { tabindex: i === me.active ? 0 : -1 }));

  const show = (classes, confusion, cells) => {
    const at = new Map(cells.map((cell) => [`${classes.indexOf(cell.true)}/${classes.indexOf(cell.predicted)}`, cell]));
    Object.assign(me, { squares: [], active: 0 });
    const square = (r, c) => {
      const cell = at.get(`${r}/${c}`);
      const words = cell ? cell.words : `true ${classes[r]}, answered ${classes[c]}: no pictures`;
      const button = el("button", {
        type: "button", class: "xk-cell", "data-cell": `${r}/${c}`, disabled: !cell, "aria-label": words,
      }, String(confusion[r][c]));
      if (cell) {
        const tint = color(cell.shade, 1);
        Object.assign(button.style, { background: css(tint), color: inkOn(tint) });
        me.squares.push({ button, cell, told: `${words}, ${percent(cell.share)} of the row`, x: c, y: r });
      }
      return el("td", {}, button);
    };
    table.replaceChildren(
      el("thead", {}, el("tr", {}, el("td", { class: "xk-corner" }, el("span", {}, "answered →"), el("span", {}, "true ↓")),
        ...classes.map((name) => el("th", { scope: "col" }, el("span", {}, name))))),
      el("tbody", {}, ...classes.map((name, r) => el("tr", {}, el("th", { scope: "row" }, el("span", {}, name)), ...classes.map((_, c) => square(r, c))))),
    );
    me.rove();
  };

  const resize = (width) => {
    const heads = [...table.querySelectorAll("thead th span")];
    const { wide, high } = cellSize(heads.length, width);
    table.style.setProperty("--xk-wide", `${wide}px`);
    table.style.setProperty("--xk-high", `${high}px`);
    table.classList.remove("xk-upright");
    table.classList.toggle("xk-upright", heads.some((head) => head.scrollWidth > wide));
    const hidden = frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight;
    frame.classList.toggle("xk-scrolls", hidden);
    legend.textContent = hidden ? `${MEANING} Scroll to see the rest.` : MEANING;
  };

  const select = (cell) => me.squares.forEach((one, i) => {
    const here = Boolean(cell) && one.cell.true === cell[0] && one.cell.predicted === cell[1];
    set(one.button, { "aria-pressed": String(here) });
    if (here && !box.contains(root.getRootNode().activeElement)) me.active = i;
    me.rove();
  });

  handOnMatrix(root, box, frame, me, hooks);
  return { box, show, resize, select };
}

// The hand on the matrix: says what a cell is, chooses it, goes from one to the next by keys.
function handOnMatrix(root, box, frame, me, { signal, tip, chosen }) {
  const indexOf = (target) => me.squares.findIndex(({ button }) => button === (target.closest && target.closest("[data-cell]")));
  const on = (where, type, act) => hear(where, type, signal, act);
  const tell = (event) => {
    const square = me.squares[indexOf(event.target)];
    if (!square) return tip.hide();
    const place = placeIn(root, square.button);
    return tip.show(square.told, place.x, place.y);
  };
  on(box, "click", (event) => {
    const i = indexOf(event.target);
    if (i >= 0) chosen(me.squares[i].cell);
  });
  on(box, "pointerover", tell);
  on(box, "pointerleave", () => tip.hide());
  on(frame, "scroll", () => tip.hide());
  on(box, "focusin", (event) => {
    const i = indexOf(event.target);
    if (i < 0) return;
    me.active = i;
    me.rove();
    tell(event);
  });
  on(box, "focusout", () => tip.hide());
  on(box, "keydown", (event) => {
    const i = indexOf(event.target);
    if (i < 0 || !directionOf(event.key)) return;
    event.preventDefault();
    me.squares[nextCell(me.squares, i, event.key)].button.focus();
  });
}
