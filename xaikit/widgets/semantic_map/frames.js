// The browser's next frame: what is wanted last is run then, unless it is stopped or the widget ends.
export function nextFrame(signal) {
  let wanted = 0;
  const stop = () => cancelAnimationFrame(wanted);
  const run = (act) => {
    stop();
    wanted = requestAnimationFrame(act);
  };
  signal.addEventListener("abort", stop);
  return { run, stop };
}
