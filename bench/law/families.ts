/** Made-up families as case lines, the same for every run. */

const pad = (value: number): string => String(value).padStart(2, "0");

/** The `index`-th family: one to four children of all ages, two months under the present law. */
export function familyLine(index: number): string {
  const children = [];
  for (let place = 0; place <= index % 4; place += 1) {
    const year = 2006 + ((index * 7 + place * 5) % 19);
    const birthDate = `${String(year)}-${pad(1 + ((index + place * 3) % 12))}-${pad(1 + ((index * 3 + place) % 28))}`;
    const supported = year < 2008 && index % 3 === 0 ? { supported: [{ from: "2024-04-01", to: null }] } : {};
    children.push({ id: `child-${String(place + 1)}`, birthDate, serial: place + 1, ...supported });
  }
  return JSON.stringify({
    case: `bench-${String(index)}`,
    from: "2025-08",
    until: "2025-09",
    mode: "amountOnly",
    recipient: { kind: "individual" },
    children,
  });
}
