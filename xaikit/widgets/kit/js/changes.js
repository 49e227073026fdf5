// Remembers what each part was drawn from: changed(part, ...values) tells whether any of the values is another than last
// time.
export function changes() {
  const drawn = {};
  return (part, ...now) => {
    const before = drawn[part];
    drawn[part] = now;
    return !before || now.some((value, i) => value !== before[i]);
  };
}
