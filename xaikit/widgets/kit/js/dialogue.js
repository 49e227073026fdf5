// The dialogue of a page with Python: questions are numbered and asked one at a time; the others wait. A state is
// {asked, waiting}: `asked` the number of the question that Python works on, or 0.

export const QUIET = { asked: 0, waiting: [] };
export const NO_ANSWER = "No answer yet: the kernel is busy with a cell, or none is running.";
const PATIENCE = 5000; // milliseconds without an answer before the page says so

// How questions wait, (waiting, question) → waiting, or null where there is no room. Of each kind the newest alone, so
// that nobody waits for an answer that nobody wants any more; or all of them in turn, up to so many.
export const newest = (waiting, question) => [...waiting.filter(({ kind }) => kind !== question.kind), question];
export const inTurn = (most) => (waiting, question) => (waiting.length < most ? [...waiting, question] : null);

// Returns {state, send, refused}: what to send now, if anything, and whether the question found no room. `last` is the
// number of the last question answered.
export function afterAsking(state, question, last, line = newest) {
  if (!state.asked) return { state: { asked: last + 1, waiting: [] }, send: { ...question, seq: last + 1 }, refused: false };
  const waiting = line(state.waiting, question);
  return { state: waiting ? { ...state, waiting } : state, send: null, refused: !waiting };
}

// Python has answered question number `done`: returns {state, send}.
export function afterAnswer(state, done) {
  if (!state.asked || done < state.asked) return { state, send: null };
  const [next, ...waiting] = state.waiting;
  if (!next) return { state: QUIET, send: null };
  return { state: { asked: done + 1, waiting }, send: { ...next, seq: done + 1 } };
}

// Holds the dialogue over the traits `gesture` and `done`. say(text) tells what is in the way, say() that nothing is any
// more; changed() is called when something was asked; `full` is what is said to a question that finds no room; `more`:
// whether Python is told that others wait, so that it may skip the slow part of an answer.
export function dialogue(model, { say, changed = () => {}, line = newest, full = "", more = false }) {
  let [state, timer] = [QUIET, 0];
  const send = (question) => {
    if (!question) return;
    clearTimeout(timer);
    timer = setTimeout(() => say(NO_ANSWER), PATIENCE);
    model.set("gesture", more ? { ...question, more: state.waiting.length > 0 } : question);
    model.save_changes();
  };
  return {
    ask(question) {
      const next = afterAsking(state, question, model.get("done"), line);
      state = next.state;
      if (next.refused) say(full);
      send(next.send);
      changed();
    },
    // Returns whether something that was asked has been answered, or nobody is left to answer it.
    heard() {
      const next = model.offline ? { state: QUIET, send: null } : afterAnswer(state, model.get("done"));
      const answered = next.state !== state;
      state = next.state;
      if (answered) clearTimeout(timer);
      if (answered && !next.send) say();
      send(next.send);
      return answered;
    },
    end: () => clearTimeout(timer),
    get asked() { return state.asked > 0; },
    get waiting() { return state.waiting.length; },
  };
}
