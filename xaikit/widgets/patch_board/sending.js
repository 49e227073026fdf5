import { add, answered, EMPTY } from "./gestures.js";

const PATIENCE = 5000; // milliseconds without an answer before the page says so
const FULL = "Five edits are waiting for the network already: this one was not taken. Try again in a moment.";
const NO_ANSWER = "No answer yet: the kernel is busy with a cell, or none is running.";

// Sends gestures to Python, one after the other. say(text) tells what is in the way, say() that nothing is; changed() is
// called when the queue has changed.
export function sender(model, { say, changed }) {
  let [queue, timer] = [EMPTY, 0];
  const send = (gesture) => {
    clearTimeout(timer);
    if (!gesture) return;
    timer = setTimeout(() => say(NO_ANSWER), PATIENCE);
    model.set("gesture", gesture);
    model.save_changes();
  };
  return {
    ask(gesture) {
      const next = add(queue, gesture, model.get("done"));
      queue = next.queue;
      if (next.refused) say(FULL);
      send(next.send);
      changed();
    },
    heard() {
      if (model.offline) queue = EMPTY; // nobody will answer
      const next = answered(queue, model.get("done"));
      if (queue.asked && !next.send) say();
      queue = next.queue;
      send(next.send);
    },
    end: () => clearTimeout(timer),
    get asked() { return queue.asked > 0; },
    get waiting() { return queue.waiting.length; },
  };
}
