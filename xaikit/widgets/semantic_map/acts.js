// What can be done to a map, by whichever hand: look at a concept, choose it, select some, use a button.
import { set } from "../kit/js/dom.js";
import { MOST_TILES } from "./side.js";
import { viewOf } from "./space.js";

const REST = 140; // milliseconds on a point before Python is asked for its pictures, or for sharper ones

export function acting({ root, map, own, views, tiles, canvas, python, draw, colors, moves }) {
  let rest = 0;
  const look = (i, ask = true) => {
    if (i === own.at) return;
    own.at = i;
    clearTimeout(rest);
    if (i !== null && ask && map.asks.pictures && !views.has(i) && (map.side < 48 || !map.pictured(i))) {
      rest = setTimeout(() => own.at === i && python.ask({ kind: "look", number: i }), REST);
    }
    draw.map(false);
  };
  const latest = (selection) => set(root, { "data-latest": selection ? "selection" : "concept" });
  const select = (numbers, tell = true) => {
    own.selected = numbers;
    own.lasso = null;
    latest(numbers.length);
    if (tell) {
      python.ask({ kind: "select", numbers: new DataView(numbers.slice().buffer) });
      const lacking = [...numbers.slice(0, MOST_TILES)].filter((i) => !map.pictured(i) && !tiles.has(i));
      if (map.asks.pictures && lacking.length) python.ask({ kind: "tiles", numbers: lacking });
    }
    colors.fade();
    draw.gallery();
  };
  return {
    look, select,
    choose(i, flying = false) {
      own.chosen = i;
      latest(i === null);
      if (i !== null && flying) {
        if (!colors.open(i)) colors.regroup(); // what is dimmed comes back
        look(null);
        moves.fly(viewOf(own.xy, i, own.view, own.whole));
      }
      python.ask(i === null ? { kind: "choose" } : { kind: "choose", number: i });
      draw.detail();
      draw.map(false);
    },
    clear: () => select(new Uint32Array(0)),
    toggle(i) {
      const others = own.selected.filter((one) => one !== i);
      select(others.length < own.selected.length ? others : Uint32Array.from([...others, i]).sort());
    },
    use(name) {
      if (name === "in" || name === "out") moves.zoom(name === "in" ? 1.6 : 1 / 1.6, canvas.size.width / 2, canvas.size.height / 2);
      if (name === "whole") moves.fly(own.whole);
      if (name === "lasso") own.mode = own.mode === "lasso" ? "pan" : "lasso";
      if (name === "pictures") own.pictures = !own.pictures;
      draw.state();
      draw.map(false);
    },
  };
}
