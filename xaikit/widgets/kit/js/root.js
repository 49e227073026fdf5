import { el, followTheme, keepKeys, urlMemory } from "./dom.js";

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
