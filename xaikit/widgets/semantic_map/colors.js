// The colors of a map: ink and paper, those of its groups, and what stands back.
import { N_COLORED } from "./points.js";

export function coloring({ model, root, signal, map, own, changed, key, draw }) {
  const ink = () => {
    const look = getComputedStyle(root);
    const rgb = (text) => (text.match(/[\d.]+/g) || [0, 0, 0]).slice(0, 3).map(Number);
    own.ink = rgb(look.color);
    own.paper = rgb(look.backgroundColor);
    own.accent = root.dataset.theme === "dark" ? [211, 166, 255] : [122, 63, 176];
  };
  const theme = new MutationObserver(() => {
    if (!changed("theme", root.dataset.theme)) return;
    ink();
    draw.map();
  });
  theme.observe(root, { attributeFilter: ["data-theme"] });
  signal.addEventListener("abort", () => theme.disconnect());

  // Where the groups' names belong in the projection that was chosen last.
  const centers = () => own.groups?.centres[model.get("places").findIndex((one) => one.name === model.get("projection"))];
  // What stands back: groups that are dimmed, and what is not selected where anything is.
  const fade = () => {
    const inside = new Uint8Array(map.n);
    for (const i of own.selected) inside[i] = 1;
    own.faint = own.ranks.map((rank, i) => own.dimmed.has(rank) || (own.selected.length > 0 && !inside[i]));
    own.hidden = own.groups?.groups.map((_, g) => own.dimmed.has(Math.min(g, N_COLORED)));
    draw.map();
  };
  const dim = (dimmed) => {
    own.dimmed = dimmed;
    fade();
  };
  return {
    ink, centers, fade, dim,
    regroup() {
      own.groups = map.groupings.find((one) => one.name === model.get("color_by")) || null;
      own.ranks = own.groups?.ranks || new Uint8Array(map.n);
      own.centres = centers();
      key.show(own.groups);
      dim(new Set());
    },
    // Whether a hand can reach a point.
    open: (i) => !own.dimmed.has(own.ranks[i]),
  };
}
