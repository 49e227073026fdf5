import { paint, pixelTable, rampOf } from "../heatmaps/colors.js";
import { countAbove, fullFrom, inflated, unfolded } from "../heatmaps/values.js";

const [OPACITY, CONTRAST] = [0.85, 0.05]; // how far the strongest value covers the picture; a few outliers do not pale the rest

// The maps of a view, unpacked; null for one that shows nothing.
export const mapsOf = ({ cells, grid }) =>
  Promise.all(cells.map(async ({ data }) => (data ? unfolded(await inflated(data), ...grid) : null)));

// Draws a map into a canvas, the strongest values in full color.
export function paintMap(canvas, whole, [width, height]) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pixels = new ImageData(width, height);
  const full = fullFrom(countAbove(whole), CONTRAST);
  paint(whole, 0, false, 1 / (full * full), pixelTable(rampOf("heat", false), OPACITY), new Uint32Array(pixels.data.buffer));
  canvas.getContext("2d", { willReadFrequently: true }).putImageData(pixels, 0, 0);
}
