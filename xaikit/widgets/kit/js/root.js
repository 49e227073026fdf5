import { el, followTheme, keepKeys, urlMemory, whenSized } from "./dom.js";

// The root of a widget in its output; and how it ends.
export function rootIn(host, testid, kind) {
  const life = new AbortController();
  const { signal } = life;
  const root = el("div", { class: `xk ${kind}`, "data-testid": testid });
  host.append(root);
  keepKeys(root, signal);
  followTheme(root, signal);
  return {
    root, signal, urls: urlMemory(),
    close() {
      life.abort();
      root.remove();
    },
  };
}

// Calls sized(width) whenever a page has another width; returns how the page ends, and before it all that ends with it.
export function untilClosed({ root, signal, close }, sized, ...ends) {
  whenSized(root, sized, signal);
  return () => {
    ends.forEach((end) => end());
    close();
  };
}
