import { countAbove, inflated, unfolded } from "./values.js";

// The maps of picture `number`, unpacked. Only the picture shown is: the maps of many, and how their energy runs, would
// fill the memory.
export async function sceneOf(model, number) {
  const here = (name) => model.get(name)[number];
  const [maps, grid] = [model.get("maps"), here("grids")];
  const unpack = async ({ data }) => (data ? unfolded(await inflated(data), ...grid) : null);
  const wholes = await Promise.all(maps.map((map) => unpack(map.cells[number])));
  const cells = maps.map((map, k) => ({
    map, cell: map.cells[number], target: map.targets[number], note: map.notes[number],
    whole: wholes[k], above: {}, among: wholes[k] && countAbove(wholes[k]),
    picture: here("pictures"), grid, size: here("sizes"), boxes: here("boxes"),
  }));
  return { number, cells, peak: Math.max(...cells.map(({ cell }) => cell.peak)), signed: maps.some((map) => map.signed) };
}

// Keeps the scene of the picture that was asked for last. came(scene or null, what failed) when there is another.
export function sceneKeeper(model, signal, came) {
  let loaded = null;
  return async (number) => {
    const [maps, ticket] = [model.get("maps"), {}];
    if (loaded && loaded.number === number && loaded.maps === maps) return;
    loaded = { number, maps, ticket };
    const tell = (...news) => signal.aborted || loaded.ticket !== ticket || came(...news); // or another was asked for meanwhile
    try {
      const next = await sceneOf(model, number);
      tell(next, "");
    } catch (problem) {
      tell(null, `The maps cannot be unpacked: ${problem.message}`);
    }
  };
}
