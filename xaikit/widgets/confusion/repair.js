import { bar } from "../kit/js/bars.js";
import { el } from "../kit/js/dom.js";
import { verdict } from "../kit/js/words.js";

// The suggested repair of one picture: what to do, the picture before and after, and both probabilities of each class.
export function repairView(urls) {
  const box = el("section", { class: "xk-repair", "data-testid": "repair", "aria-label": "suggested repair" });

  const picture = (name, bytes) => el("figure", { class: "xk-figure" },
    el("img", { src: urls(bytes), alt: `the picture ${name} the repair` }), el("figcaption", {}, name));

  const bars = ([name, was, now], tag) => {
    const [before, after] = [bar("before", true), bar("after")];
    before.show(was);
    after.show(now);
    return el("div", { class: "xk-score" }, el("span", { class: "xk-class" }, name), tag ? el("span", { class: "xk-tag" }, ` ${tag}`) : null, before.row, after.row);
  };

  const show = ({ repair, picture: explained, true: right, predicted }) => {
    const tags = new Map([[predicted, "the network’s answer"], [right, "the true class"]]);
    const heading = el("h4", { class: "xk-cell-title" }, "Suggested repair");
    if (!repair) {
      box.replaceChildren(heading, el("p", {}, "None was found for this picture."));
      return;
    }
    const column = (place) => Object.fromEntries(repair.bars.map((one) => [one[0], one[place]]));
    box.replaceChildren(heading, el("p", {}, repair.text),
      el("p", { class: "xk-verdict", "data-testid": "verdict" }, verdict(column(1), column(2))),
      el("div", { class: "xk-before-after" }, picture("before", repair.before || explained), picture("after", repair.after),
        el("div", { class: "xk-bars" }, ...repair.bars.map((one) => bars(one, tags.get(one[0]))))));
  };
  return { box, show };
}
