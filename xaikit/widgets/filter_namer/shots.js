import { changes } from "../kit/js/changes.js";
import { classed, el } from "../kit/js/dom.js";

const NONE = "It is seen in none of these pictures.";

// The pictures in which a concept is seen most: whole, with all but the place where it is seen dimmed, or that place alone.
export function shotGrid(urls) {
  const box = classed("div", "xk-shots");
  const changed = changes();

  // view: {name, shots}; pictures: all there are; close: whether the place alone is shown.
  const show = (view, pictures, close) => {
    if (!changed("shots", view, pictures, close)) return;
    const shown = view.shots.map((shot, n) => shotNode(shot, urls(pictures[shot.picture]), close, `${n + 1} of the pictures in which ${view.name} is seen most`));
    box.replaceChildren(...(shown.length ? shown : [classed("p", "xk-shots-none", NONE)]));
  };
  return { box, show };
}

const inPercent = (one) => `${100 * one}%`;

function shotNode({ aspect, field, peak }, src, close, alt) {
  const image = el("img", { src, alt, draggable: "false" });
  const node = classed("div", field && !close ? "xk-shot xk-shot-marked" : "xk-shot", image);
  node.style.aspectRatio = field && close ? "1" : String(aspect);
  if (!field) return node;
  const [x, y, width, height] = field;
  const place = (one, left, top, size = [width, height]) => Object.assign(one.style, { left: inPercent(left), top: inPercent(top), width: inPercent(size[0]), height: inPercent(size[1]) });
  const point = classed("span", "xk-shot-peak");
  if (close) { // the picture is so large, and so placed, that its field fills the frame
    place(image, -x / width, -y / height, [1 / width, 1 / height]);
    Object.assign(point.style, { left: inPercent((peak[0] - x) / width), top: inPercent((peak[1] - y) / height) });
    node.append(point);
  } else {
    const mark = classed("span", "xk-shot-field");
    place(mark, x, y);
    node.append(mark);
  }
  return node;
}
