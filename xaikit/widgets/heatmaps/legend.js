import { el } from "../kit/js/dom.js";
import { inDigits } from "./values.js";

// The color bar under a map, and what its ends mean.
export function heatLegend() {
  const bar = el("div", { class: "xk-gradient" });
  const ends = [el("span"), el("span"), el("span")];
  const box = el("div", { class: "xk-heat-scale", "data-testid": "heat-scale" }, bar, el("div", { class: "xk-ends" }, ...ends));
  // `beyond`: whether there are values beyond the ends.
  const show = ({ low, background }, negative, full, beyond) => {
    bar.style.background = `${background} border-box`; // or it would begin again under the border
    const sizes = negative && !low ? "size " : "";
    const [least, most] = beyond ? ["≤ ", "≥ "] : ["", ""];
    const texts = [low ? `${least}${inDigits(-full)}` : "0", low ? "0" : "", `${sizes}${most}${inDigits(full)}`];
    texts.forEach((text, i) => { ends[i].textContent = text; });
  };
  return { box, show };
}
