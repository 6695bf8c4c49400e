/** The civil date of now in Japan: the one place where the product reads the wall clock for a date. */

// sv-SE writes ISO dates; the zone is fixed, so the host's setting does not matter (M23).
const japan = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo", dateStyle: "short" });

/** `YYYY-MM-DD` in Japan Standard Time at `now`. */
export function todayInJapan(now: Date = new Date()): string {
  return japan.format(now);
}
