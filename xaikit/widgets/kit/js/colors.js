// One diverging scale for everything: orange speaks against, blue speaks for, white is nothing.
import { clamp } from "./geometry.js";

export const AGAINST_FOR = [
  [179, 70, 4],
  [244, 165, 90],
  [247, 247, 247],
  [116, 169, 207],
  [33, 84, 164],
];

// Colors leave white faster than values leave zero, so that the sign of a weak arrow can be seen; the color bar
// is drawn with the same rule.
const EASE = 0.6;

// The color [r, g, b] of a value on a scale from -limit to +limit; beyond it, the end's color.
export function color(value, limit) {
  const share = limit > 0 ? clamp(value / limit, -1, 1) : 0;
  const place = ((Math.sign(share) * Math.abs(share) ** EASE + 1) / 2) * (AGAINST_FOR.length - 1);
  const low = Math.min(Math.floor(place), AGAINST_FOR.length - 2);
  return AGAINST_FOR[low].map((from, i) => Math.round(from + (AGAINST_FOR[low + 1][i] - from) * (place - low)));
}

export const css = (rgb) => `rgb(${rgb.join(",")})`;

// Black or white, whichever can be read on a color.
export const inkOn = ([red, green, blue]) => (0.3 * red + 0.6 * green + 0.1 * blue < 118 ? "#fff" : "#1b1b1b");

export function gradient() {
  const stops = Array.from({ length: 41 }, (_, n) => css(color(n - 20, 20)));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
