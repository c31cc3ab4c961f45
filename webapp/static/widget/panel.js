// The panel of <error-desk>: a dialog in which a question is asked, answered and narrowed down.

const WORDS = {
  en: {
    title: "What went wrong?", close: "Close", you: "You asked", ask: "Ask", label: "Paste the error, a log line or a URL",
    hint: "Leave passwords out. We look at a site only when you click for it.", hello: "Paste what you see. You get the cause, whose move it is and the first step.",
    thinking: "Looking it up …", checking: "Looking at {} …", check: "Check the URL", checkNote: "A few plain requests to {}.",
    confirmed: "Confirmed", possible: "Not settled yet", ruled_out: "Ruled out", maybe: "Possible", unknown: "We do not know this one",
    unknownNote: "None of our solutions answers this, and we would rather say so than guess.", nearest: "Nearest solutions",
    move: "Whose move", step: "First step", likely: "Most likely first step", layer: "Who answered", seen: "What we saw", causes: "Possible causes", full: "Read the whole solution",
    helpful: "Did this help?", yes: "Yes", no: "No", missing: "What was missing? (optional)", send: "Send", thanks: "Thank you.", lost: "Thank you. It could not be stored this time.",
    person: "Ask a person", copy: "Copy the text for the ticket", copied: "Copied", broken: "The help site cannot be reached. Please try again.", site: "Open the help site",
    gone: "This solution cannot be shown here.", powered: "Help by {}", request: "request {}", mean: "Did you mean", differs: "You report {0}; we see {1}.", answered: "Answer: {}", more: "More about this",
    reply: "Answer, or add an error line or a URL", anew: "New question", dunno: "I don’t know", said: "What you told us", back: "Take back: {}", taken: "Taken back: {}", understood: "Understood", checked: "Checked", open: "Still possible", count: "{} causes", one: "1 cause",
    reach: "Try it from your own browser", reachNote: "On the help site: this page’s own policy keeps the panel from it.",
    advice: "What is most likely so far", self: "How to check it yourself", on: "Ask me more", stop: "We stop asking here; the best advice so far stands above.",
    who: { visitor: "You, the visitor", developer: "The developer of the client", owner: "The owner of the site", host: "The host, CDN or DNS provider", network: "The network you are in" },
  },
  de: {
    title: "Was ist passiert?", close: "Schließen", you: "Ihre Frage", ask: "Fragen", label: "Fehler, Protokollzeile oder URL einfügen",
    hint: "Bitte ohne Passwörter. Wir sehen uns eine Seite nur auf Ihren Klick hin an.", hello: "Fügen Sie ein, was Sie sehen. Sie erfahren die Ursache, wer am Zug ist und den ersten Schritt.",
    thinking: "Wird nachgeschlagen …", checking: "{} wird geprüft …", check: "URL prüfen", checkNote: "Ein paar einfache Anfragen an {}.",
    confirmed: "Bestätigt", possible: "Noch nicht geklärt", ruled_out: "Ausgeschlossen", maybe: "Möglich", unknown: "Das kennen wir nicht",
    unknownNote: "Keine unserer Lösungen passt, und das sagen wir lieber, als zu raten.", nearest: "Am nächsten liegen",
    move: "Wer am Zug ist", step: "Erster Schritt", likely: "Wahrscheinlichster erster Schritt", layer: "Wer geantwortet hat", seen: "Was wir gesehen haben", causes: "Mögliche Ursachen", full: "Die ganze Lösung lesen",
    helpful: "Hat das geholfen?", yes: "Ja", no: "Nein", missing: "Was hat gefehlt? (freiwillig)", send: "Senden", thanks: "Danke.", lost: "Danke. Es ließ sich diesmal nicht speichern.",
    person: "Einen Menschen fragen", copy: "Text für das Ticket kopieren", copied: "Kopiert", broken: "Die Hilfeseite ist nicht erreichbar. Bitte noch einmal versuchen.", site: "Hilfeseite öffnen",
    gone: "Diese Lösung lässt sich hier nicht zeigen.", powered: "Hilfe von {}", request: "Anfrage {}", mean: "Meinten Sie", differs: "Sie melden {0}; wir sehen {1}.", answered: "Antwort: {}", more: "Mehr dazu",
    reply: "Antworten, oder eine Fehlerzeile oder URL ergänzen", anew: "Neue Frage", dunno: "Weiß ich nicht", said: "Was Sie uns gesagt haben", back: "Zurücknehmen: {}", taken: "Zurückgenommen: {}", understood: "Verstanden", checked: "Geprüft", open: "Noch möglich", count: "{} Ursachen", one: "1 Ursache",
    reach: "Aus dem eigenen Browser versuchen", reachNote: "Auf der Hilfeseite: Die Regeln dieser Seite erlauben es dem Fenster nicht.",
    advice: "Was bisher am wahrscheinlichsten ist", self: "So prüfen Sie es selbst", on: "Fragen Sie weiter", stop: "Hier hören wir auf zu fragen; der beste Rat bisher steht oben.",
    who: { visitor: "Sie, der Besucher", developer: "Wer das Programm entwickelt", owner: "Wer die Website betreibt", host: "Hoster, CDN oder DNS-Anbieter", network: "Das Netz, in dem Sie sind" },
  },
};

const SHEET = `
:host{--ink:light-dark(#17211f,#e7edea);--soft:light-dark(#56625f,#a7b4b0);--card:light-dark(#fff,#1b2321);--paper:light-dark(#f4f6f4,#131918);--line:light-dark(#dde2de,#303b38);--edge:light-dark(#87938f,#75837f);
--accent:var(--errordesk-accent,light-dark(#0b5c6b,#7fd0df));--on:var(--errordesk-on-accent,light-dark(#fff,#06262c));--wash:color-mix(in srgb,var(--accent) 10%,var(--card));
--good:light-dark(#14693a,#7bd99a);--maybe:light-dark(#875000,#f0bd69);--out:light-dark(#5a6562,#a7b4b0)}
.shell{all:initial;display:contents;color-scheme:inherit;font:400 .95rem/1.5 var(--errordesk-font,system-ui,sans-serif);overflow-wrap:anywhere}
dialog,.inline{color:var(--ink);text-align:start;font:inherit}
*,::before{box-sizing:border-box}
dialog{position:fixed;inset-inline:auto max(1rem,env(safe-area-inset-right));inset-block:auto 1rem;margin:0;padding:0;border:1px solid var(--line);border-radius:var(--errordesk-radius,18px);inline-size:26rem;max-inline-size:calc(100vw - 2rem);block-size:min(43rem,calc(100dvh - 2rem));max-block-size:none;background:var(--paper);box-shadow:0 24px 70px #0006,0 2px 8px #0002;overflow:clip}
:host([position=bottom-left]) dialog{inset-inline:1rem auto}
:host(:not([position^=bottom])) dialog{inset:0;margin:auto}
dialog[open]{display:grid;grid-template-rows:auto 1fr auto}
dialog::backdrop{background:light-dark(#17211f40,#0008)}
.head{display:flex;align-items:center;gap:.7rem;padding-block:.8rem;padding-inline:1.1rem .7rem;background:var(--card);border-block-end:1px solid var(--line)}
.head svg{flex:none}.tile{fill:var(--accent)}.strokes{stroke:var(--on);stroke-width:2;stroke-linecap:round;fill:none}
.head div{flex:1;min-inline-size:0}
h2{font-size:1.05rem;line-height:1.25;margin:0;font-weight:680;letter-spacing:-.01em}
.head p{margin:.05rem 0 0;color:var(--soft);font-size:.8rem;line-height:1.35;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}
h3{font-size:1.12rem;line-height:1.3;margin:.3rem 0 .2rem;letter-spacing:-.01em}h4{font-size:.8rem;margin:1rem 0 .35rem;color:var(--soft);font-weight:600}
p{margin:.4rem 0}a{color:var(--accent);text-underline-offset:.18em}
.shell :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:6px}
.log{overflow-y:auto;overscroll-behavior:contain;padding:1rem 1.1rem;scroll-behavior:smooth}
.hello{color:var(--soft);text-align:center;margin:18% auto;max-inline-size:19rem;text-wrap:balance}
.asked{margin-block:0 .9rem;margin-inline:auto 0;inline-size:fit-content;max-inline-size:88%;padding:.55rem .9rem;background:var(--accent);color:var(--on);border-radius:14px;border-end-end-radius:4px;font-size:.9rem;white-space:pre-wrap}
.asked.code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.8rem}
.answer,.inline{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:.95rem 1.1rem 1.05rem}
.answer{border-end-start-radius:4px;margin:0 0 1.1rem;scroll-margin-block:1rem;outline-offset:-3px}
.past{padding-block:.1rem}.past>details{border:0!important}.past>details>summary{color:var(--soft);font-size:.9rem}.past .icon.unknown{color:var(--out)}
.state{display:flex;gap:.45rem;align-items:center;margin:0;font-weight:660;font-size:.86rem;color:var(--maybe)}.state.confirmed{color:var(--good)}.state.unknown,.state.ruled_out{color:var(--out)}
.icon{flex:none;inline-size:1.15rem;block-size:1.15rem;fill:none;stroke:currentcolor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.id{color:var(--soft);font-size:.82rem;font-variant-numeric:tabular-nums;text-decoration:none;white-space:nowrap}
.sum{color:var(--soft);margin:.2rem 0}
dl{margin:.8rem 0 0;display:grid;gap:.5rem}dl div{padding:.55rem .8rem;border-radius:10px;background:var(--paper)}dl .first{background:var(--wash)}dl .first dd{font-weight:560}dt{font-size:.78rem;color:var(--soft)}dd{margin:0}
ul{list-style:none;padding:0;margin:0}.seen{border-inline-start:3px solid var(--good);padding-inline-start:.75rem;font-variant-numeric:tabular-nums}.seen li{padding:.1rem 0}
details{border-block-start:1px solid var(--line)}details:last-child{border-block-end:1px solid var(--line)}summary{cursor:pointer;padding:.5rem 0;min-block-size:2.4rem;list-style:none;display:flex;gap:.5rem;align-items:start}summary::-webkit-details-marker{display:none}summary .icon{margin-block-start:.12rem;color:var(--maybe)}summary .icon.confirmed{color:var(--good)}details p{margin-block:.1rem .7rem;margin-inline:1.65rem 0;color:var(--soft);font-size:.9rem}
.notice{border-inline-start:3px solid var(--maybe);padding-inline-start:.75rem;font-size:.9rem}
.near a{display:block;padding:.4rem 0}
.row{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin-block-start:.8rem}.row>span{color:var(--soft);font-size:.88rem}.row small{flex:1 1 9rem;color:var(--soft);font-size:.8rem;line-height:1.35}
.next{margin-block-start:1rem;padding:.8rem .9rem .9rem;border-radius:10px;background:var(--wash)}.next p{margin:0;font-weight:620}.next small{color:var(--soft)}.next .row{margin-block-start:.6rem}
.heard{margin:.7rem 0 0;font-size:.82rem;color:var(--soft)}.heard p{margin:.1rem 0}.told button{font-size:.82rem;border-radius:99px}.dunno{border-style:dashed!important}.advice>div{border-inline-start:3px solid var(--maybe);padding-inline-start:.75rem;margin-block:.5rem;font-size:.9rem}.advice p{margin:.15rem 0}button.plain.plain{border:0;background:none;padding:0;min-block-size:1.5rem;font-size:.76rem;color:var(--accent);text-decoration:underline}button.plain[hidden]{display:none}
.foot{border-block-start:1px solid var(--line);margin-block-start:1rem;padding-block-start:.2rem}
button:not(.launch){font:inherit;font-size:.9rem;min-block-size:2.25rem;padding:.3rem .95rem;border-radius:9px;border:1px solid var(--edge);background:var(--card);color:inherit;cursor:pointer;text-align:start}button:not(.launch):hover{border-color:var(--accent);background:var(--wash)}button:not(.launch):disabled{opacity:.6;cursor:default}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:640}button.main.main:hover{background:var(--accent);filter:brightness(1.08)}
button.bare{border-color:transparent;background:none;padding:0;inline-size:2.5rem;block-size:2.5rem;display:grid;place-items:center;box-shadow:none}button.bare.bare:hover{background:var(--wash)}
form{background:var(--card);border-block-start:1px solid var(--line);padding:.7rem .9rem max(.7rem,env(safe-area-inset-bottom))}
.field{display:flex;gap:.4rem;align-items:end;border:1px solid var(--edge);border-radius:13px;padding:.25rem;background:var(--paper)}.field:focus-within{border-color:var(--accent);box-shadow:0 0 0 3px color-mix(in srgb,var(--accent) 25%,transparent)}
.field textarea:focus-visible{outline:none}textarea,input{font:inherit;color:inherit;background:none;border:0;inline-size:100%;outline:none}textarea{resize:none;field-sizing:content;min-block-size:2.5rem;max-block-size:9rem;padding:.5rem .7rem}.field button{flex:none;white-space:nowrap;min-block-size:2.5rem;border-radius:10px}
input{border:1px solid var(--edge);border-radius:9px;padding:.35rem .7rem;flex:1 1 10rem;inline-size:auto;min-block-size:2.25rem}input:focus-visible{outline:3px solid var(--accent)}
::placeholder{color:var(--soft);opacity:1}
form small{display:flex;gap:.2rem 1rem;justify-content:space-between;flex-wrap:wrap;color:var(--soft);font-size:.76rem;margin:.45rem .2rem 0}form small a{color:inherit}
.person{border-block-start:1px solid var(--line);margin-block-start:1rem;padding:.2rem 0 0;display:grid;gap:.6rem}.person label{font-size:.86rem;color:var(--soft)}.person :is(input,textarea){display:block;inline-size:100%;margin-block-start:.2rem;border:1px solid var(--edge);border-radius:9px;padding:.45rem .7rem;color:var(--ink);font-size:.95rem}.person :focus-visible{outline:3px solid var(--accent)}.person small{margin:0}.person .notice{margin:0}
.hidden{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.wait{display:flex;gap:.6rem;align-items:center;color:var(--soft);margin-block:0 1rem}.wait::before{content:"";flex:none;inline-size:.95rem;block-size:.95rem;border:2.5px solid var(--line);border-block-start-color:var(--accent);border-radius:50%;animation:turn .8s linear infinite}@keyframes turn{to{rotate:1turn}}
.inline{block-size:11.5rem;display:flex;flex-direction:column;box-shadow:0 1px 2px #0001}.inline h3{font-size:1.05rem}.inline .sum{display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden;flex:none}.inline .row{margin-block-start:auto;flex-wrap:nowrap}.inline button{flex:none}
@media (max-width:30rem){dialog,:host dialog{inset:auto 0 0!important;inline-size:100%;max-inline-size:none;block-size:min(92dvh,100dvh - 1.5rem);margin:0!important;border-radius:18px 18px 0 0;border-width:1px 0 0}textarea{font-size:1rem}.plain:not([hidden])+#hint{display:none}}
@media (prefers-reduced-motion:no-preference){dialog[open]{animation:rise .18s ease-out}@keyframes rise{from{opacity:0;translate:0 14px}}.answer,.asked{animation:rise .18s ease-out}}
@media (prefers-reduced-motion:reduce){.log{scroll-behavior:auto}.wait::before{animation-duration:3s}}
@media (forced-colors:active){.asked,.answer,.inline,dl div,.next{border:1px solid CanvasText}button.main{border-color:ButtonText}.field:focus-within{outline:3px solid Highlight}.tile{fill:CanvasText}.strokes{stroke:Canvas}}`;

const PATHS = {
  confirmed: "M10 1a9 9 0 1 0 .01 0M6 10.4l2.7 2.7 5.5-5.6",
  ruled_out: "M10 1a9 9 0 1 0 .01 0M7 7l6 6m0-6-6 6",
  possible: "M10 1a9 9 0 1 0 .01 0M6 10h8",
  unknown: "M10 1a9 9 0 1 0 .01 0M7.6 7.9a2.4 2.4 0 1 1 3.5 2.2c-.8.4-1.1.8-1.1 1.6m0 2.3v.1",
  close: "M5 5l10 10m0-10L5 15",
};

/** An element with properties, attributes (`on…` are listeners) and children; texts stay texts. */
function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function draw(shapes, box, attributes) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ viewBox: box, "aria-hidden": "true", ...attributes })) svg.setAttribute(name, value);
  for (const [tag, values] of shapes) {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(values)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}

const icon = (name) => draw([["path", { d: PATHS[name] }]], "0 0 20 20", { class: `icon ${name}` });
const logo = () => draw(
  [["rect", { width: 28, height: 28, rx: 8, class: "tile" }], ["path", { d: "M9 10.5h10M9 14h6.5M9 17.5h10", class: "strokes" }]],
  "0 0 28 28", { width: 34, height: 34 },
);
const fill = (text, ...values) => text.replace(/\{(\d?)\}/g, (_, at) => values[Number(at)]);
const host = (url) => { try { return new URL(url).host; } catch { return url; } };

/** A URL without its query, fragment and user part: they may hold secrets of the host page. */
export function plain(url) {
  try {
    const parsed = new URL(url, location.href);
    return /^https?:$/.test(parsed.protocol) ? parsed.origin + parsed.pathname : "";
  } catch { return ""; }
}

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** What is wrong in words, from a response that is no answer (RFC 9457). */
class Said extends Error {}

export class Panel {
  #desk;
  #root;
  #config;
  #words;
  #language;
  #dialog = null;
  #log;
  #status;
  #area;
  #back = null;
  #running = new AbortController();
  #question = "";
  #asked = "";  // the question's key in the log, so that what follows is not counted as another
  #turns = [];  // what was said after the question, in order; the server keeps nothing
  #forget = [];
  #more = 0;
  #pending = "";  // the fact of the question that stands there
  #checked = false;
  #anew;
  #seen = [];
  #report = null;

  constructor(desk, root, config) {
    this.#desk = desk;
    this.#root = root;
    this.#config = config;
    this.#language = desk.language;
    this.#words = WORDS[this.#language] ?? WORDS.en;
    const sheet = new CSSStyleSheet();
    // The page may have changed what 1rem is; the panel keeps its size.
    sheet.replaceSync(SHEET.replace(/([\d.]+)rem/g, (_, size) => `${size * 16}px`));
    desk.shadowRoot.adoptedStyleSheets.push(sheet);
  }

  open() {
    if (!this.#dialog) this.#build();
    if (this.#dialog.open) return;
    this.#back = document.activeElement === this.#desk ? this.#desk.shadowRoot.activeElement : document.activeElement;
    this.#dialog.showModal();
    this.#area.focus();
  }

  /** Ask `text`; a URL in it is not probed before the reader clicks for it. */
  ask(text) {
    this.open();
    this.#question = text.trim();
    this.#asked = "";
    this.#reset();
    if (!this.#question) return Promise.resolve();
    this.#bubble(this.#question);
    return this.#answer(false);
  }

  #reset() {
    Object.assign(this.#turns, { length: 0 });
    Object.assign(this.#forget, { length: 0 });
    this.#more = 0;
    this.#pending = "";
    this.#checked = false;
  }

  /** Go on with what was said to the question that stands there. A URL in it waits for a click. */
  #say(turn, label) {
    this.#turns.push(turn);
    this.#bubble(label);
    return this.#answer(this.#checked && !/https?:/i.test(turn.text ?? ""));
  }

  close() {
    if (this.#dialog?.open) this.#dialog.close();
  }

  destroy() {
    this.#running.abort();
    this.close();
    this.#dialog?.parentNode.remove();
    this.#dialog = null;
  }

  /** The solution of the attribute `solution`, shown in the page in place of `slot`. */
  async card(slot) {
    const number = Number.parseInt(this.#desk.getAttribute("solution").replace(/\D/g, ""), 10);
    let data = null;
    try {
      data = await this.#get(`api/v1/solutions/${number}?view=card&lang=${this.#language}`);
    } catch { return; }  // the slotted link stays
    const words = this.#words;
    slot.replaceWith(make("div", { class: "shell" }, make("section", { class: "inline", part: "card", "aria-labelledby": "inline", lang: data.language, dir: "auto" },
      make("p", { class: "id" }, `#${data.id}`),
      make("h3", { id: "inline" }, data.title),
      make("p", { class: "sum" }, data.summary),
      make("div", { class: "row" },
        make("a", { href: data.url, target: "_blank", rel: "noopener" }, words.full),
        make("button", { type: "button", onclick: () => { this.open(); this.#area.value = this.#prefill() || `#${data.id} `; } }, words.more)))));
  }

  #build() {
    const words = this.#words;
    const { name } = this.#config;
    this.#log = make("div", { class: "log", tabindex: "0", role: "region", "aria-label": words.title }, make("p", { class: "hello" }, words.hello));
    this.#status = make("p", { class: "hidden", role: "status" });
    this.#area = make("textarea", { id: "q", rows: 1, spellcheck: "false", "aria-describedby": "hint", placeholder: words.label, autofocus: true, maxlength: 100000 });
    this.#area.value = this.#prefill();
    this.#anew = make("button", { type: "button", class: "plain", hidden: true, onclick: () => this.#again(false) }, words.anew);
    const send = () => {
      const text = this.#area.value;
      if (!text.trim()) return;
      this.#area.value = "";
      if (this.#anew.hidden) this.ask(text);
      else this.#say({ fact: this.#pending, text }, text);
    };
    this.#area.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") this.close();
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    });
    this.#dialog = make("dialog", { part: "panel", "aria-labelledby": "title", lang: this.#language },
      make("div", { class: "head" }, logo(),
        make("div", {}, make("h2", { id: "title" }, words.title), make("p", { dir: "auto" }, this.#context() || fill(words.powered, name))),
        make("button", { type: "button", class: "bare", "aria-label": words.close, onclick: () => this.close() }, icon("close"))),
      this.#log,
      make("form", { onsubmit: (event) => { event.preventDefault(); send(); } },
        make("label", { for: "q", class: "hidden" }, words.label),
        make("div", { class: "field" }, this.#area, make("button", { class: "main" }, words.ask)),
        make("small", {}, this.#anew, make("span", { id: "hint" }, words.hint), make("a", { href: this.#root, target: "_blank", rel: "noopener" }, name))),
      this.#status);
    this.#dialog.addEventListener("click", (event) => { if (event.target === this.#dialog) this.close(); });
    this.#dialog.addEventListener("keydown", (event) => this.#keep(event));
    this.#dialog.addEventListener("close", () => {
      this.#running.abort();
      this.#running = new AbortController();
      this.#log.querySelector(".wait")?.remove();
      this.#back?.focus({ preventScroll: true });
      this.#back = null;
    });
    this.#desk.shadowRoot.append(make("div", { class: "shell" }, this.#dialog));
  }

  /** Tab goes round inside of the dialog. */
  #keep(event) {
    if (event.key !== "Tab") return;
    const stops = [...this.#dialog.querySelectorAll("a[href],button:not(:disabled),textarea,input,summary,[tabindex='0']")].filter((stop) => stop.checkVisibility());
    const at = this.#desk.shadowRoot.activeElement;
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey && (at === first || !at)) { event.preventDefault(); last.focus(); }
    if (!event.shiftKey && at === last) { event.preventDefault(); first.focus(); }
  }

  #url() {
    const given = this.#desk.getAttribute("url");
    return given === null ? "" : plain(given === "here" ? location.href : given);
  }

  #prefill() {
    return [this.#desk.getAttribute("error"), this.#url()].filter(Boolean).join(" ");
  }

  #context() {
    const request = this.#desk.getAttribute("request-id");
    return [this.#desk.getAttribute("error"), this.#url(), request && fill(this.#words.request, request)].filter(Boolean).join(" · ");
  }

  async #get(path, body) {
    const options = { referrerPolicy: "no-referrer", credentials: "omit", signal: this.#running.signal };
    if (body) Object.assign(options, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
    const response = await fetch(this.#root + path, options);
    const data = await response.json().catch(() => null);
    if (!response.ok) throw new Said(typeof data?.detail === "string" ? data.detail : this.#words.broken);
    this.#asked = response.headers.get("Errordesk-Question") ?? this.#asked;
    return data;
  }

  #tell(name, detail, cancelable = false) {
    return this.#desk.dispatchEvent(new CustomEvent(`errordesk:${name}`, { detail, cancelable, bubbles: true, composed: true }));
  }

  #add(element) {
    this.#log.querySelector(".hello")?.remove();
    this.#log.append(element);
    return element;
  }

  #bubble(text) {
    const code = text.includes("\n") || text.length > 160 ? " code" : "";
    const shown = text.length > 600 ? `${text.slice(0, 600)} …` : text;
    this.#add(make("p", { class: `asked${code}`, dir: "auto" }, make("span", { class: "hidden" }, `${this.#words.you}: `), shown)).scrollIntoView({ block: "nearest" });
  }

  /** Whether the field goes on with the conversation or starts a new one. */
  #again(on) {
    this.#anew.hidden = !on;
    this.#area.placeholder = on ? this.#words.reply : this.#words.label;
    if (!on) {
      for (const old of this.#log.querySelectorAll(".once")) old.remove();
      this.#area.focus();
    }
  }

  async #answer(probe) {
    const words = this.#words;
    const said = probe ? fill(words.checking, host(this.#seen.at(-1)?.answer.url ?? "")) : words.thinking;
    for (const old of this.#log.querySelectorAll(".once")) old.remove();
    const wait = this.#add(make("p", { class: "wait" }, said));
    this.#status.textContent = said;
    wait.scrollIntoView({ block: "nearest" });
    let shown = null;
    try {
      const answer = await this.#get("api/v1/answers", { text: this.#question, turns: this.#turns, forget: this.#forget, more: this.#more, probe, lang: this.#language, asked: this.#asked });
      this.#checked = probe;
      this.#pending = answer.next_question?.fact ?? "";
      this.#again(true);
      this.#seen.push({ question: this.#question, answer });
      if (answer.observations.some((one) => one.source === "probe")) this.#report = { url: answer.url, facts: answer.facts, observations: answer.observations };
      this.#fold();
      shown = this.#add(this.#show(answer));
      this.#status.textContent = `${fill(words.answered, answer.known ? (this.#best(answer)?.title ?? answer.headline) : words.unknown)} ${answer.next_question?.text ?? ""}`;
      this.#tell("answer", { question: this.#question, answer });
    } catch (error) {
      if (error.name === "AbortError") return;
      const text = error instanceof Said ? error.message : words.broken;
      this.#turns.splice(this.#seen.at(-1)?.answer.conversation.turns.length - 1 || 0);
      shown = this.#add(make("div", { class: "answer", role: "group", tabindex: "-1" }, make("p", { class: "notice", dir: "auto" }, text), make("a", { href: this.#root, target: "_blank", rel: "noopener" }, words.site)));
      this.#status.textContent = text;
    } finally {
      wait.remove();
    }
    shown.scrollIntoView({ block: "start" });
    // What was clicked is gone after the answer: the focus moves on to what came of it.
    if (!this.#desk.shadowRoot.activeElement) shown.focus({ preventScroll: true });
  }

  /** Earlier answers become a line each, so that the newest stands first; a begun message stays. */
  #fold() {
    for (const old of this.#log.querySelectorAll(".answer:not(.past)")) {
      if (old.querySelector("form")) continue;
      const name = old.ariaLabel ?? old.textContent;
      const state = old.querySelector(".state .icon")?.cloneNode(true) ?? icon("unknown");
      old.classList.add("past");
      old.replaceChildren(make("details", {}, make("summary", {}, state, make("span", { dir: "auto" }, name)), make("div", {}, ...old.childNodes)));
    }
  }

  #best(answer) {
    return answer.known ? answer.causes.find((cause) => cause.verdict === "confirmed") : undefined;
  }

  #link(url, text, extra = {}) {
    return make("a", { href: new URL(url.replace(/^\//, ""), this.#root).href, target: "_blank", rel: "noopener", ...extra }, text);
  }

  #show(answer) {
    const words = this.#words;
    const best = this.#best(answer);
    const top = answer.known ? answer.solutions[0] : undefined;
    const state = best ? "confirmed" : answer.known ? "possible" : "unknown";
    const parts = [make("p", { class: `state ${state}` }, icon(state), make("span", {}, words[state]))];
    if (best) parts.push(make("h3", { dir: "auto" }, best.title));
    if (top) {
      const name = [answer.headline, " ", make("span", { class: "id" }, `#${top.id}`)];
      parts.push(best ? make("p", { class: "sum", dir: "auto" }, this.#link(top.url, name)) : make("h3", { dir: "auto" }, this.#link(top.url, name)));
      if (!best) parts.push(make("p", { class: "sum", dir: "auto" }, top.summary));
    }
    if (!answer.known) parts.push(make("p", { class: "sum" }, words.unknownNote));
    if (answer.first_step) {
      parts.push(make("dl", {},
        make("div", { class: "first" }, make("dt", {}, best ? words.step : words.likely), make("dd", { dir: "auto" }, answer.first_step)),
        make("div", {}, make("dt", {}, words.move), make("dd", {}, words.who[answer.who] ?? answer.who)),
        best && answer.layer_sentence ? make("div", {}, make("dt", {}, words.layer), make("dd", { dir: "auto" }, answer.layer_sentence)) : null));
    }
    parts.push(this.#heard(answer));
    if (best?.evidence.length) parts.push(make("h4", {}, words.seen), make("ul", { class: "seen" }, best.evidence.map((text) => make("li", { dir: "auto" }, text))));
    if (answer.comparison && !answer.comparison.agrees) parts.push(make("p", { class: "notice", dir: "auto" }, fill(words.differs, answer.comparison.claimed, answer.comparison.seen)));
    for (const text of answer.notices) parts.push(make("p", { class: "notice", dir: "auto" }, text));
    const others = answer.known ? answer.causes.filter((cause) => cause !== best && cause.verdict !== "ruled_out").slice(0, best ? 3 : 5) : [];
    if (others.length) {
      parts.push(make("h4", {}, words.causes), make("div", {}, others.map((cause) => make("details", {},
        make("summary", {}, icon(cause.verdict), make("span", { class: "hidden" }, `${cause.verdict === "confirmed" ? words.confirmed : words.maybe}: `), make("span", { dir: "auto" }, cause.title)),
        make("p", { dir: "auto" }, `${words.who[cause.who] ?? cause.who}: ${cause.fix} `, this.#link(cause.url, words.more))))));
    }
    if (!answer.known && answer.solutions.length) parts.push(make("h4", {}, words.nearest), make("div", { class: "near" }, answer.solutions.slice(0, 3).map((one) => this.#link(one.url, `${one.title} #${one.id}`))));
    if (answer.did_you_mean) parts.push(make("p", {}, `${words.mean} `, make("button", { type: "button", onclick: () => this.ask(answer.did_you_mean) }, answer.did_you_mean), "?"));
    const probed = answer.observations.some((one) => one.source === "probe");
    if (answer.url && !probed && this.#config.probe) {
      parts.push(make("div", { class: "row once" }, make("button", { type: "button", class: "main", onclick: () => this.#answer(true) }, words.check), make("small", {}, fill(words.checkNote, host(answer.url)))));
    }
    if (answer.url) parts.push(this.#reach());
    parts.push(...this.#advice(answer.conversation));
    if (answer.next_question) parts.push(this.#ask_back(answer.next_question));
    parts.push(this.#told(answer.conversation));
    parts.push(this.#after(answer, top));
    return make("article", { class: "answer", tabindex: "-1", "aria-label": best?.title ?? (answer.known ? answer.headline : words.unknown) }, parts);
  }

  /** The way to the reader's own connection: the answer's page, where the help site's policy holds. */
  #reach() {
    const fields = [["q", this.#question], ...this.#turns.map(({ fact = "", value = "", text }) => ["turn", text ? `${fact}:${text}` : `${fact}=${value}`]), ...this.#forget.map((fact) => ["forget", fact])];
    const path = `${this.#language}/ask?${new URLSearchParams(fields)}#reach`;
    if (path.length > 2000) return null;  // no link: servers cut it
    return make("div", { class: "row once" }, this.#link(path, this.#words.reach), make("small", {}, this.#words.reachNote));
  }

  #ask_back(question) {
    const give = (value, label) => make("button", { type: "button", class: value ? "" : "dunno", onclick: () => this.#say(value ? { fact: question.fact, value } : { fact: question.fact }, label) }, label);
    return make("div", { class: "next once", role: "group", "aria-label": question.text },
      make("p", { dir: "auto" }, question.text), make("small", { dir: "auto" }, question.why),
      make("div", { class: "row" }, question.choices.map((choice) => give(choice.value, choice.label)), give("", this.#words.dunno)));
  }

  /** What the last turn made of the question: understood, checked, still possible. */
  #heard(answer) {
    const words = this.#words;
    const { turns, told } = answer.conversation;
    const turn = turns.at(-1);
    const own = told.filter((one) => one.fact in turn.facts && (turn.text || one.fact !== turn.fact)).map((one) => one.said);
    const open = turn.open === 1 ? words.one : fill(words.count, turn.open);
    const lines = [
      [words.understood, [...turn.identifiers, ...turn.urls.map(plain), ...own].join(" · ")],
      [words.checked, turn.checked.join(" · ")],
      [words.open, answer.known && turn.open ? `${open}: ${turn.possible.slice(0, 3).map((cause) => cause.title).join(" · ")}${turn.open > 3 ? " …" : ""}` : ""],
    ];
    return make("div", { class: "heard" }, lines.filter(([, text]) => text).map(([name, text]) => make("p", { dir: "auto" }, make("b", {}, `${name}: `), text)));
  }

  #advice(talk) {
    const words = this.#words;
    const parts = [];
    if (talk.advice.length) {
      parts.push(make("h4", {}, words.advice), make("div", { class: "advice" }, talk.advice.map((one) => make("div", {},
        make("p", { dir: "auto" }, this.#link(one.url, one.title)), make("p", { dir: "auto" }, `${words.who[one.who] ?? one.who}: ${one.fix}`),
        one.check ? make("p", { dir: "auto" }, make("b", {}, `${words.self}: `), one.check) : null))));
    }
    if (talk.paused) {
      parts.push(make("div", { class: "row once" }, make("span", {}, words.stop), make("button", {
        type: "button",
        onclick: () => { this.#more += 1; this.#bubble(words.on); this.#answer(this.#checked); },
      }, words.on)));
    }
    return parts;
  }

  /** All that the reader told, each to be taken back. */
  #told(talk) {
    const words = this.#words;
    if (!talk.told.length) return null;
    return make("div", { class: "told once", role: "group", "aria-label": words.said }, make("h4", {}, words.said), make("div", { class: "row" }, talk.told.map((one) => {
      const label = one.said || words.dunno;
      const shown = label.length > 60 ? `${label.slice(0, 60)} …` : label;
      return make("button", {
        type: "button", title: one.question || false, "aria-label": fill(words.back, `${one.question} ${shown}`.trim()),
        onclick: () => {
          if (one.turn === null) this.#forget.push(one.fact);
          else this.#turns.splice(one.turn, 1);
          this.#bubble(fill(words.taken, shown));
          this.#answer(this.#checked);
        },
      }, `${shown} ×`);
    })));
  }

  #after(answer, top) {
    const words = this.#words;
    const row = make("div", { class: "row foot" });
    if (top) {
      const vote = (helpful, comment) => {
        this.#tell("helpful", { solution: top.id, helpful, comment, question: this.#question });
        if (!this.#writes()) return words.thanks; // the page hears of it, nobody else
        return this.#get("api/v1/feedback", { solution: top.id, helpful, comment, key: uuid(), asked: this.#asked }).then(() => words.thanks, () => words.lost);
      };
      const settle = async (helpful, comment, place) => {
        const text = await vote(helpful, comment);
        place.replaceChildren(make("span", { tabindex: "-1" }, text));
        place.firstChild.focus();
        this.#status.textContent = text;
      };
      const place = make("div", { class: "row" }, make("span", {}, words.helpful),
        make("button", { type: "button", onclick: () => settle(true, "", place) }, words.yes),
        make("button", {
          type: "button",
          onclick: () => {
            const field = make("input", { "aria-label": words.missing, placeholder: words.missing, maxlength: 1000 });
            field.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Enter") { event.preventDefault(); settle(false, field.value, place); } if (event.key === "Escape") this.close(); });
            place.replaceChildren(field, make("button", { type: "button", onclick: () => settle(false, field.value, place) }, words.send));
            field.focus();
          },
        }, words.no));
      row.append(place);
    }
    const person = make("div", { class: "row" });
    if (answer.ticket && navigator.clipboard) {
      const button = make("button", { type: "button", onclick: () => navigator.clipboard.writeText(`${answer.ticket.subject}\n\n${answer.ticket.body}`).then(() => { button.textContent = words.copied; }, () => {}) }, words.copy);
      person.append(button);
    }
    if (this.#config.contact || this.#config.form || this.#desk.hasAttribute("contact")) person.append(make("button", { type: "button", onclick: (event) => this.#contact(answer, event.currentTarget) }, words.person));
    if (person.firstChild) row.append(person);
    return row.firstChild ? row : null;
  }

  /** Hand over to a person: the page's own ticket system, our form, or what CONTACT_URL names. */
  /** Whether something may be sent from this page to be kept. */
  #writes() {
    return this.#config.writes || new URL(this.#root).origin === location.origin;
  }

  async #contact(answer, button) {
    const requestId = this.#desk.getAttribute("request-id");
    const detail = { question: this.#question, answers: this.#seen.map((one) => one.answer), report: this.#report, requestId };
    const taken = !this.#tell("contact", detail, true);
    const { contact, form } = this.#config;
    const person = this.#writes() ? await import(this.#root + this.#config.person).catch(() => null) : null;
    const body = person && { question: this.#question, language: this.#language, answers: person.seen(this.#seen), request_id: requestId ?? "", asked: this.#asked, key: uuid() };
    if (!taken && form && person) {
      const { form: shown, focus } = person.contactForm({
        language: this.#language, make, close: () => button.focus(),
        say: (text) => { this.#status.textContent = text; },
        send: (fields) => this.#get("api/v1/contact", { ...body, ...fields, report: this.#report }),
      });
      button.closest(".answer").querySelector("form.person")?.remove();
      button.closest(".answer").append(shown);
      focus();
      return;
    }
    // The way leads elsewhere: that it was taken is counted, and nothing of what is said.
    if (person) this.#get("api/v1/contact", { ...body, question: "", request_id: "", elsewhere: true }).catch(() => {});
    if (taken) return;
    let href = form ? new URL(`contact?q=${encodeURIComponent(this.#question.slice(0, 1500))}`, this.#root).href : contact;
    if (href.startsWith("mailto:")) {
      const text = [answer.ticket?.body ?? this.#question, requestId && fill(this.#words.request, requestId)].filter(Boolean).join("\n\n").slice(0, 1500);
      href += `${href.includes("?") ? "&" : "?"}subject=${encodeURIComponent(answer.ticket?.subject ?? answer.headline)}&body=${encodeURIComponent(text)}`;
    }
    if (href) make("a", { href, target: "_blank", rel: "noopener" }).click();
  }
}
