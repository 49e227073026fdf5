// Brings a saved page to life: a stand-in for Jupyter's model, which remembers what is set and tells who listens.

const saved = JSON.parse(document.getElementById("xaikit").textContent);

function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.bytes === "string" && Object.keys(value).length === 1) {
    return new DataView(Uint8Array.from(atob(value.bytes), (letter) => letter.charCodeAt(0)).buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unpacked(item)]));
}

function standIn(state) {
  const listeners = new Map();
  return {
    offline: true,
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      (listeners.get(`change:${name}`) || []).forEach((act) => act());
    },
    save_changes() {},
    on: (what, act) => listeners.set(what, [...(listeners.get(what) || []), act]),
    off: (what, act) => listeners.set(what, (listeners.get(what) || []).filter((one) => one !== act)),
  };
}

const modules = {};
for (const [kind, source] of Object.entries(saved.modules)) {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  modules[kind] = (await import(address)).default;
  URL.revokeObjectURL(address);
}
const models = saved.views.map(({ state }) => standIn(unpacked(state)));
for (const ends of saved.links) {
  for (const [number, trait] of ends) {
    models[number].on(`change:${trait}`, () => {
      const value = models[number].get(trait);
      ends.filter(([other, own]) => JSON.stringify(models[other].get(own)) !== JSON.stringify(value))
        .forEach(([other, own]) => models[other].set(own, value));
    });
  }
}
saved.views.forEach(({ kind }, number) => {
  const place = document.createElement("div");
  document.body.append(place);
  modules[kind].render({ model: models[number], el: place });
});
