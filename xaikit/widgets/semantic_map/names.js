// Names on a map that cover neither each other nor points.

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
const within = (box, size) => box[0] >= 2 && box[1] >= 2 && box[2] <= size.width - 2 && box[3] <= size.height - 2;

function covers(box, [x, y, r]) {
  const dx = Math.max(box[0] - x, x - box[2], 0);
  const dy = Math.max(box[1] - y, y - box[3], 0);
  return dx * dx + dy * dy < r * r;
}

// The boxes [left, top, right, bottom] of names beside their points, or null where a name finds no room.
// spots: [[x, y, r]]; extents: [[width, height]]; taken: boxes already covered; discs: what no name may cover;
// of `most` names at most, the first come first, and the first `sure` ones cover discs before they find no room.
export function placeNames(spots, extents, size, taken, discs, most, sure = 0) {
  const boxes = [...taken];
  let left = most;
  return spots.map(([x, y, r], k) => {
    if (!left) return null;
    const [w, h] = extents[k];
    const corners = [[x + r + 3, y - h / 2], [x - r - 3 - w, y - h / 2], [x - w / 2, y - r - 2 - h], [x - w / 2, y + r + 2]];
    const free = corners.map(([bx, by]) => [bx, by, bx + w, by + h]).filter((one) => within(one, size) && !boxes.some((other) => overlap(one, other)));
    const box = free.find((one) => !discs.some((disc) => covers(one, disc))) || (k < sure && free[0]);
    if (!box) return null;
    boxes.push(box);
    left--;
    return box;
  });
}

// How far the name of a group may leave its place, in its own widths and heights.
const ASIDE = [0, -0.35, 0.35, -0.7, 0.7];
const LINES = [0, -0.7, 0.7, -1.4, 1.4, -2.1, 2.1, -2.8, 2.8];

// The boxes of the groups' names near their centres [[x, y]], or null: the largest groups come first, no name covers
// another, and each lies where it covers few discs.
export function placeGroups(centres, extents, size, most, discs) {
  const boxes = [];
  return centres.map(([x, y], k) => {
    const [w, h] = extents[k];
    if (boxes.length >= most || x < 0 || y < 0 || x > size.width || y > size.height) return null;
    let [best, least] = [null, Infinity];
    for (const dx of ASIDE) {
      for (const dy of LINES) {
        const [left, top] = [x - w / 2 + dx * w, y - h / 2 + dy * h];
        const box = [left, top, left + w, top + h];
        const far = Math.hypot(dx * w, dy * h) / 30;
        if (far >= least || !within(box, size) || boxes.some((other) => overlap(box, other))) continue;
        const cost = far + discs.filter((disc) => covers(box, disc)).length;
        if (cost < least) [best, least] = [box, cost];
      }
    }
    if (best) boxes.push(best);
    return best;
  });
}
