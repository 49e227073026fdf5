import { changes } from "../kit/js/changes.js";
import { el, set } from "../kit/js/dom.js";
import { colorBar, rampOf } from "./colors.js";
import { handOnMap } from "./hand.js";
import { heatLegend } from "./legend.js";
import { readingLine } from "./reading.js";
import { heatStage } from "./stage.js";
import { energyAbove, energyCut, thresholdCut, valueOf } from "./values.js";
import { judge } from "./verdict.js";

// One map over its picture, with its color bar, the value under the cursor, and what lies in the box of its target.
// hooks: as of the hand on it.
export function heatCard(number, urls, hooks) {
  const head = el("div", { class: "xk-head" });
  const verdict = el("p", { class: "xk-inside", "data-testid": "verdict" });
  const [stage, reading, legend] = [heatStage(urls), readingLine(number), heatLegend()];
  const box = el("section", { class: "xk-card xk-heat", "data-map": number }, head, verdict, stage.box, reading.box, legend.box);
  const changed = changes();
  let [data, shown] = [null, null];

  // data: {map, target, note, cell, whole, above, picture, grid, size, boxes}, `above` to be filled here; frame: {width, height} in the window
  const show = (next, frame) => {
    data = next;
    const { map, target, note, cell } = data;
    const about = [map.layer && `at ${map.layer}`, note].filter(Boolean).join(" · ");
    head.replaceChildren(
      el("span", { class: "xk-class" }, map.method), el("span", { class: "xk-toward" }, `for ${target}`),
      el("span", { class: "xk-about", hidden: !about }, about),
    );
    stage.show(data, frame);
    box.style.width = `${frame.width}px`;
    legend.box.hidden = Boolean(cell.said);
  };

  // state: the settings, and {limit, full, signed} of the scale. What has not changed is not drawn again: a slider asks
  // for all maps sixty times a second.
  const draw = (state, levels) => {
    const { above, whole, cell: { said, peak } } = data;
    stage.mix(state);
    verdict.hidden = Boolean(said) || !state.show_boxes || !data.boxes.length;
    shown = null;
    if (said) return;
    const positive = state.sign === "positive";
    above[positive] = above[positive] || energyAbove(whole, positive); // how the energy runs, for either sign, is reckoned once
    const cut = Math.max(energyCut(above[positive], state.energy), thresholdCut(state.threshold, state.limit, peak, levels));
    const { full, colormap, signed } = state;
    const scale = valueOf(1, levels, peak) / full;
    shown = { cut, positive, levels };
    stage.draw(state, cut, positive, scale);
    const [negative, beyond] = [signed && !positive, full < state.limit];
    if (changed("legend", data, cut, scale, colormap, signed, negative, beyond)) {
      legend.show(colorBar(rampOf(colormap, signed), negative, cut * cut * scale), negative, full, beyond);
    }
    if (!verdict.hidden && changed("verdict", data, cut, positive)) verdict.replaceChildren(...judge(data, cut, positive));
  };

  const read = (place, exact) => {
    stage.point(place);
    reading.show(place, exact, data, shown);
    set(stage.box, { "aria-label": `${data.map.method} for ${data.target}. ${data.cell.said || reading.box.textContent}. Arrow keys move the reading point.` });
  };

  handOnMap(stage.box, () => data.size, hooks);
  return { box, show, draw, read };
}
