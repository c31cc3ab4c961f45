// Takes secrets out of a text in the reader's browser: the rules of kb/recognise/secrets.py.

const REMOVED = "REMOVED";
// Kind, pattern, its flags, and the part of the text in which alone it counts ("" for all of it).
const RULES = (/* filled in by the server */ []).map(([kind, pattern, flags, within]) => (
  [kind, new RegExp(pattern, flags), within && new RegExp(within, "gi")]
));

/** `text` without its secrets, and how many of each kind were `found`. */
export function removeSecrets(text) {
  const found = {};
  for (const [kind, pattern, within] of RULES) {
    const replaced = (...match) => {
      const kept = typeof match.at(-1) === "object" ? match.at(-1) : {};
      const whole = `${kept.head ?? ""}${REMOVED}${kept.tail ?? ""}`;
      if (whole !== match[0]) found[kind] = (found[kind] ?? 0) + 1;
      return whole;
    };
    text = within ? text.replace(within, (part) => part.replace(pattern, replaced)) : text.replace(pattern, replaced);
  }
  return { text, found };
}
