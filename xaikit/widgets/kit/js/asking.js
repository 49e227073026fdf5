// What a page asks Python: one thing at a time, and of what waits the newest of each kind. A state is
// {asked, waiting}: `asked` the number of the wish that Python works on, or 0.

export const QUIET = { asked: 0, waiting: [] };

// Returns {state, send}: what to send now, if anything. `last` is the number of the last wish answered.
export function askFor(state, what, last) {
  if (!state.asked) return { state: { asked: last + 1, waiting: [] }, send: { ...what, seq: last + 1 } };
  return { state: { ...state, waiting: [...state.waiting.filter((one) => one.kind !== what.kind), what] }, send: null };
}

// Python has answered wish number `done`.
export function heardOf(state, done) {
  if (!state.asked || done < state.asked) return { state, send: null };
  const [next, ...waiting] = state.waiting;
  if (!next) return { state: QUIET, send: null };
  return { state: { asked: done + 1, waiting }, send: { ...next, seq: done + 1 } };
}
