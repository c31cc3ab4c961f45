// Cards for links to solutions: what is behind #2173, shown while the pointer or the focus rests on it.

const DELAY_MS = 250;
const SHEET = `
:host{all:initial}
.card{position:fixed;inset:auto;margin:0;inline-size:min(21rem,calc(100vw - 1rem));box-sizing:border-box;padding:.85rem 1.05rem .95rem;border:1px solid light-dark(#d3dad6,#3a4643);border-radius:12px;background:light-dark(#fff,#1b2321);color:light-dark(#17211f,#e7edea);box-shadow:0 10px 36px #0003;font:.9rem/1.45 var(--errordesk-font,system-ui,sans-serif);text-align:start;overflow-wrap:anywhere;color-scheme:inherit}
:host{color-scheme:light dark}
p{margin:0}.id{font-size:.8rem;color:light-dark(#56625f,#a7b4b0);font-variant-numeric:tabular-nums}
.title{font-weight:650;font-size:1rem;line-height:1.3;margin:.1rem 0 .3rem}
ul{margin:.55rem 0 0;padding:.5rem 0 0;border-block-start:1px solid light-dark(#dde2de,#303b38);list-style:none;color:light-dark(#56625f,#a7b4b0);font-size:.84rem}
@media (prefers-reduced-motion:no-preference){.card{animation:in .12s ease-out}@keyframes in{from{opacity:0;translate:0 3px}}}
@media (forced-colors:active){.card{border-color:CanvasText}}
@media print{.card{display:none}}`;
const CAUSES = { en: ["1 cause", "{} causes"], de: ["1 Ursache", "{} Ursachen"] };

const line = (tag, className, text) => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  element.dir = "auto";
  return element;
};

/** The ID of the solution that a link of the page leads to, or null. */
export function solutionOf(link, root) {
  if (!link.href.startsWith(root) || link.hash.length > 1) return null;
  const path = new URL(link.href).pathname.slice(new URL(root).pathname.length);
  return path.match(/^(?:[a-z]{2}\/)?(?:solutions\/)?(\d{1,9})(?:-[a-z0-9-]*)?$/)?.[1] ?? null;
}

/** Show cards on this page until `signal` aborts. `root` is the address of the help site. */
export function watch(root, language, signal) {
  const known = new Map();
  const spot = new CSSStyleSheet();
  let host = null;
  let card = null;
  let over = null;
  let timer = 0;

  const hide = () => {
    clearTimeout(timer);
    over = null;
    if (card?.matches(":popover-open")) card.hidePopover();
  };
  const make = () => {
    host = document.createElement("div");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET.replace(/([\d.]+)rem/g, (_, size) => `${size * 16}px`));
    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet, spot];
    card = document.createElement("div");
    card.className = "card";
    card.popover = "manual";
    card.setAttribute("role", "note");
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", hide);
    shadow.append(card);
    document.body.append(host);
  };
  const load = (number) => {
    if (!known.has(number)) {
      const asked = new URLSearchParams({ view: "card", lang: language });
      known.set(number, fetch(`${root}api/v1/solutions/${number}?${asked}`, { referrerPolicy: "no-referrer", credentials: "omit", signal })
        .then((response) => (response.ok ? response.json() : null))
        .catch(() => { known.delete(number); return null; }));
    }
    return known.get(number);
  };
  const place = (link) => {
    const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const size = card.getBoundingClientRect();
    const left = getComputedStyle(link).direction === "rtl" ? at.right - size.width : at.left;
    const below = at.bottom + 6 + size.height <= innerHeight || at.top < size.height + 6;
    const x = Math.max(8, Math.min(left, innerWidth - size.width - 8));
    spot.replaceSync(`.card{left:${x}px;top:${below ? at.bottom + 6 : at.top - size.height - 6}px}`);
  };
  const show = async (link, number) => {
    const data = await load(number);
    if (!data || over !== link || signal?.aborted) return;
    if (!host?.isConnected) make();
    const causes = data.causes.length;
    const parts = [line("p", "id", `#${data.id}`), line("p", "title", data.title), line("p", "", data.summary)];
    if (causes) {
      const words = CAUSES[language] ?? CAUSES.en;
      const list = document.createElement("ul");
      list.append(line("li", "", words[causes === 1 ? 0 : 1].replace("{}", causes)));
      parts.push(list);
    }
    card.replaceChildren(...parts);
    card.showPopover();
    place(link);
  };
  const enter = (event) => {
    const link = event.composedPath().find((node) => node.nodeName === "A" && node.href);
    if (!link || link === over) { if (link) clearTimeout(timer); return; }
    const number = solutionOf(link, root);
    if (!number) return;
    hide();
    over = link;
    timer = setTimeout(() => show(link, number), DELAY_MS);
  };
  const leave = (event) => {
    if (over && event.composedPath().includes(over)) {
      clearTimeout(timer);
      timer = setTimeout(hide, DELAY_MS);
    }
  };
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, enter, { signal });
  for (const name of ["pointerout", "focusout"]) document.addEventListener(name, leave, { signal });
  document.addEventListener("scroll", () => { if (card?.matches(":popover-open")) hide(); }, { signal, passive: true, capture: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); }, { signal });
  signal?.addEventListener("abort", () => { hide(); host?.remove(); });
}
