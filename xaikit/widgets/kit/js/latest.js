// Wishes of which only the last counts: one is with Python, the newest waits, and those between are dropped, so that
// nobody waits for an answer that nobody wants any more. A state is {asked, next}: `asked` the number of the wish that
// Python works on, or 0; `next` the wish to send afterwards, or null.

export const AT_REST = { asked: 0, next: null };

// Returns {state, send}: what to send now, if anything. `last` is the number of the last wish answered.
export function wish(state, what, last) {
  if (state.asked) return { state: { ...state, next: what }, send: null };
  return { state: { asked: last + 1, next: null }, send: { ...what, seq: last + 1 } };
}

// Python has answered wish number `done`.
export function fulfilled(state, done) {
  if (!state.asked || done < state.asked) return { state, send: null };
  return state.next ? wish(AT_REST, state.next, done) : { state: AT_REST, send: null };
}
