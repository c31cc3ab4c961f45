// The loader: defines <error-desk>, which fetches its panel at the first use. See docs/embedding.md.

const CONFIG = /* filled in by the server */ null;
const root = new URL(import.meta.url.includes("/widget/widget.") ? ".." : ".", import.meta.url).href;
const NAMES = ["position", "error", "url", "solution", "request-id", "contact", "theme", "lang", "shortcut"];
const ONE = Symbol.for("errordesk.floating");
const SHEET = `
:host{color-scheme:light dark}
:host([hidden]){display:none}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}
:host([solution]){display:block;min-block-size:184px}
:host([position^=bottom]){position:fixed;inset-block-end:max(16px,env(safe-area-inset-bottom));inset-inline-end:16px;z-index:2147483000}
:host([position=bottom-left]){inset-inline:16px auto}
.launch{all:unset;display:inline-block;box-sizing:border-box;font:600 15px/1.4 var(--errordesk-font,system-ui,sans-serif);min-block-size:44px;padding:10px 19px;border:1px solid transparent;border-radius:99px;cursor:pointer;background:var(--errordesk-accent,light-dark(#0b5c6b,#7fd0df));color:var(--errordesk-on-accent,light-dark(#fff,#06262c))}
:host([position^=bottom]) .launch{box-shadow:0 2px 5px #0002,0 8px 24px #0003}
.launch:hover{filter:brightness(1.08)}
.launch:focus-visible{outline:3px solid var(--errordesk-accent,light-dark(#0b5c6b,#7fd0df));outline-offset:2px}
@media print{:host{display:none}}`;

const editable = (event) => {
  const target = event.composedPath()[0];
  return /^(input|textarea|select)$/i.test(target.tagName ?? "") || target.isContentEditable;
};

class ErrorDesk extends HTMLElement {
  #panel = null;
  #loading = null;
  #stop = null;

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const language = this.language;
    if (!this.shadowRoot.firstChild) {
      const slot = document.createElement("slot");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "launch";
      button.part = "button";
      button.setAttribute("aria-haspopup", "dialog");
      button.textContent = CONFIG.button[language];
      slot.append(button);
      this.shadowRoot.append(slot);
      if (this.hasAttribute("solution")) this.#load().then((panel) => panel.card(slot)).catch(() => {});
    }
    this.shadowRoot.addEventListener("click", (event) => {
      const inside = event.composedPath();
      const used = inside.some((node) => node.nodeName === "A" || node.nodeName === "BUTTON");
      const link = inside.some((node) => node.nodeName === "SLOT") && used;
      if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.open();
    }, { signal });
    document.addEventListener("keydown", (event) => {
      const key = this.getAttribute("shortcut") ?? (this.hasAttribute("position") ? "?" : "off");
      if (key === "off" || event.key !== key || event.defaultPrevented || event.repeat) return;
      if (event.ctrlKey || event.metaKey || event.altKey || editable(event)) return;
      event.preventDefault();
      this.open();
    }, { signal });
    if (this.hasAttribute("cards")) watch(signal, language);
  }

  disconnectedCallback() {
    this.#stop?.abort();
    this.#panel?.close();
  }

  get language() {
    const wished = [this.lang, document.documentElement.lang, ...navigator.languages];
    return wished.map((code) => code.slice(0, 2).toLowerCase()).find((code) => code in CONFIG.button) ?? "en";
  }

  async #load() {
    this.#loading ??= import(root + CONFIG.panel);
    try {
      const { Panel } = await this.#loading;
      return (this.#panel ??= new Panel(this, root, CONFIG));
    } catch (error) {
      this.#loading = null;
      throw error;
    }
  }

  async #use(act) {
    try {
      await act(await this.#load());
    } catch {
      // The help site is away: the plain link of the page is the way that is left.
      const link = this.querySelector("a[href]");
      if (link) location.assign(link.href);
      else this.toggleAttribute("unavailable", true);
    }
  }

  open() { return this.#use((panel) => panel.open()); }

  ask(text) { return this.#use((panel) => panel.ask(String(text))); }

  close() { this.#panel?.close(); }

  destroy() {
    this.#panel?.destroy();
    this.#panel = null;
    this.remove();
    this.shadowRoot.replaceChildren();
    if (window[ONE] === this) delete window[ONE];
  }
}

const watch = (signal, language) => import(root + CONFIG.cards).then((cards) => cards.watch(root, language, signal)).catch(() => {});

if (!customElements.get("error-desk")) {
  customElements.define("error-desk", ErrorDesk);
  const script = [...document.scripts].find((one) => one.src === import.meta.url);
  const data = script?.dataset ?? {};
  const given = NAMES.filter((name) => script?.hasAttribute(`data-${name}`));
  if (given.length && !window[ONE]) {
    const desk = document.createElement("error-desk");
    for (const name of given) desk.setAttribute(name, script.getAttribute(`data-${name}`));
    if ("cards" in data) desk.setAttribute("cards", "");
    if (!data.position && !data.solution) desk.setAttribute("position", "bottom-right");
    window[ONE] = desk;
    document.body.append(desk);
  } else if ("cards" in data) {
    watch(undefined, document.documentElement.lang.slice(0, 2) in CONFIG.button ? document.documentElement.lang.slice(0, 2) : "en");
  }
}
