// Finding points: under the pointer, in a direction, inside a lasso; and the view that shows them.
// Places are [x0, y0, x1, y1, ...] in shares of the map. A view is {x, y, scale}: the place in its middle, pixels per map.

export const limited = (value, low, high) => Math.min(Math.max(value, low), high);
export const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

const EDGE = 40; // pixels around the outermost points
const DEEPEST = 400; // times the whole map
const BANDS = 64;

// A grid over places, so that a pointer has to be compared with few of many points.
export function gridOf(xy) {
  const n = xy.length / 2;
  const side = limited(Math.round(Math.sqrt(n / 4)), 1, 256);
  const cellAt = (value) => limited(Math.floor(value * side), 0, side - 1);
  const starts = new Uint32Array(side * side + 1);
  const cells = new Uint32Array(n);
  for (let i = 0; i < n; i++) starts[(cells[i] = cellAt(xy[2 * i]) * side + cellAt(xy[2 * i + 1])) + 1]++;
  for (let c = 0; c < side * side; c++) starts[c + 1] += starts[c];
  const [points, next] = [new Uint32Array(n), starts.slice()];
  for (let i = 0; i < n; i++) points[next[cells[i]]++] = i;

  // The nearest point within `reach` that is accepted, or -1.
  const nearest = (x, y, reach, accept) => {
    let [best, least] = [-1, reach * reach];
    for (let c = cellAt(x - reach); c <= cellAt(x + reach); c++) {
      for (let k = starts[c * side + cellAt(y - reach)]; k < starts[c * side + cellAt(y + reach) + 1]; k++) {
        const [dx, dy] = [xy[2 * points[k]] - x, xy[2 * points[k] + 1] - y];
        if (dx * dx + dy * dy > least || !accept(points[k])) continue;
        [best, least] = [points[k], dx * dx + dy * dy];
      }
    }
    return best;
  };
  return { nearest };
}

// The nearest accepted point in the quarter of the plane that an arrow key points to, or `from` where none is.
export function pointToward(xy, from, key, accept) {
  const [dx, dy] = ARROWS[key];
  let [best, least] = [from, Infinity];
  for (let i = 0; i < xy.length / 2; i++) {
    const [x, y] = [xy[2 * i] - xy[2 * from], xy[2 * i + 1] - xy[2 * from + 1]];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (along <= 0 || along < aside || along + 2 * aside >= least || !accept(i)) continue;
    [best, least] = [i, along + 2 * aside];
  }
  return best;
}

function boundsOf(xy) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let k = 0; k < xy.length; k++) {
    if (xy[k] < box[k % 2]) box[k % 2] = xy[k];
    if (xy[k] > box[2 + (k % 2)]) box[2 + (k % 2)] = xy[k];
  }
  return box;
}

// The accepted points inside a polygon [x0, y0, x1, y1, ...], in their order.
export function pointsInside(xy, polygon, accept) {
  const corners = polygon.length / 2;
  if (corners < 3) return new Uint32Array(0);
  const [left, top, right, bottom] = boundsOf(polygon);
  // Only edges at a point's height matter: they are looked up by bands.
  const bandOf = (y) => limited(Math.floor(((y - top) / (bottom - top)) * BANDS), 0, BANDS - 1);
  const bands = Array.from({ length: BANDS }, () => []);
  for (let k = 0; k < corners; k++) {
    const edge = [0, 1, 2, 3].map((c) => polygon[(2 * k + c) % polygon.length]);
    for (let band = bandOf(Math.min(edge[1], edge[3])); band <= bandOf(Math.max(edge[1], edge[3])); band++) bands[band].push(edge);
  }
  const found = [];
  for (let i = 0; i < xy.length / 2; i++) {
    const [x, y] = [xy[2 * i], xy[2 * i + 1]];
    if (x < left || x > right || y < top || y > bottom || !accept(i)) continue;
    let inside = false;
    for (const [ax, ay, bx, by] of bands[bandOf(y)]) if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    if (inside) found.push(i);
  }
  return Uint32Array.from(found);
}

// The view that shows all points.
export function wholeView(xy, { width, height }, head = 0) {
  const [left, top, right, bottom] = boundsOf(xy);
  const fit = Math.min((width - 2 * EDGE) / (right - left), (height - head - 2 * EDGE) / (bottom - top));
  const scale = Math.min(fit, 2 * Math.max(width, height));
  return { x: (left + right) / 2, y: (top + bottom) / 2 - head / 2 / scale, scale };
}

export const toScreen = (view, size, x, y) => [(x - view.x) * view.scale + size.width / 2, (y - view.y) * view.scale + size.height / 2];
export const spotOf = (view, size, xy, i) => toScreen(view, size, xy[2 * i], xy[2 * i + 1]);
export const toMap = (view, size, x, y) => [(x - size.width / 2) / view.scale + view.x, (y - size.height / 2) / view.scale + view.y];

// The view `factor` times nearer, in which what is at (x, y) of the screen stays there.
export function zoomed(view, size, whole, factor, x, y) {
  const scale = limited(view.scale * factor, whole.scale, whole.scale * DEEPEST);
  const [px, py] = toMap(view, size, x, y);
  return kept({ x: px - (x - size.width / 2) / scale, y: py - (y - size.height / 2) / scale, scale }, size, whole);
}

export function panned(view, size, whole, dx, dy) {
  return kept({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale }, size, whole);
}

// No view loses the map: its middle stays on what the whole view shows.
function kept(view, size, whole) {
  const [rx, ry] = [size.width / 2 / whole.scale, size.height / 2 / whole.scale];
  return { ...view, x: limited(view.x, whole.x - rx, whole.x + rx), y: limited(view.y, whole.y - ry, whole.y + ry) };
}

// The view that brings a point into the middle, near enough to tell it from its neighbours.
export function viewOf(xy, i, view, whole) {
  const near = whole.scale * limited(Math.sqrt(xy.length / 2 / 24), 1.7, 60);
  return { x: xy[2 * i], y: xy[2 * i + 1], scale: Math.max(view.scale, near) };
}

// Between two views, at a share of the way: zoom changes by the same factor in the same time.
export function between(a, b, share) {
  const scale = a.scale * (b.scale / a.scale) ** share;
  const way = Math.abs(b.scale - a.scale) < 1e-6 * a.scale ? share : (1 / a.scale - 1 / scale) / (1 / a.scale - 1 / b.scale);
  return { x: a.x + (b.x - a.x) * way, y: a.y + (b.y - a.y) * way, scale };
}

export const eased = (share) => (share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2);
