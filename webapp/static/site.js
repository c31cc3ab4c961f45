// Enhancements over pages that work without them: live probe, typeahead, recent questions, copying.

const root = document.body.dataset.root;
const prefix = document.body.dataset.prefix;
const say = (name) => document.body.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`];
const typing = (event) => /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;

// Recent questions: in this browser only, short ones only, and never more than eight.
const RECENT = "errordesk:recent";
const recent = {
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
      return Array.isArray(kept) ? kept.filter((text) => typeof text === "string").slice(0, 8) : [];
    } catch { return []; }
  },
  add(text) {
    const line = text.trim();
    if (!line || line.length > 160 || line.includes("\n")) return;
    try { localStorage.setItem(RECENT, JSON.stringify([line, ...this.read().filter((old) => old !== line)].slice(0, 8))); } catch { /* storage is full or forbidden */ }
  },
  clear() { try { localStorage.removeItem(RECENT); } catch { /* as above */ } },
};

async function copy(button, text) {
  const before = button.textContent;
  await navigator.clipboard.writeText(text);
  button.textContent = say("copied");
  setTimeout(() => { button.textContent = before; }, 2000);
}

function addCopyButtons(region) {
  for (const block of region.querySelectorAll("pre")) {
    let frame = block.parentElement;
    if (!frame.classList.contains("code")) {
      frame = document.createElement("div");
      frame.className = "code";
      block.replaceWith(frame);
      frame.append(block);
    }
    if (frame.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("copy");
    button.addEventListener("click", () => copy(button, block.textContent.trim()));
    frame.append(button);
  }
  for (const link of region.querySelectorAll("a[data-share]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !navigator.clipboard) return;
      event.preventDefault();
      copy(link, link.href);
    });
  }
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const name = part.match(/^event: (.*)$/m)?.[1];
      const data = part.match(/^data: (.*)$/m)?.[1];
      if (name && data) yield [name, JSON.parse(data)];
    }
  }
}

function showStep(list, step) {
  const item = document.createElement("li");
  item.className = step.status;
  const who = document.createElement("b");
  who.textContent = `${step.vantage} · ${step.layer}`;
  item.append(who, ` ${step.summary} (${step.duration_ms.toFixed(0)} ms)`);
  list.append(item);
}

function showNotice(text) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  notice.textContent = text;
  document.querySelector("#answer .verdict")?.append(notice);
}

async function refine(fields) {
  const region = document.querySelector("#answer");
  const progress = region.querySelector("#progress");
  progress.hidden = false;
  progress.querySelector("ol").replaceChildren();
  try {
    const response = await fetch(`${prefix}/ask/stream?lang=${document.documentElement.lang}`, { method: "POST", body: new URLSearchParams(fields) });
    if (!response.ok) throw new Error(String(response.status));
    for await (const [name, data] of events(response)) {
      if (name === "step") showStep(progress.querySelector("ol"), data);
      if (name === "problem") showNotice(data);
      if (name === "answer") {
        const held = region.contains(document.activeElement) && document.activeElement !== document.body;
        const page = new DOMParser().parseFromString(data, "text/html");
        const former = region.querySelector(".verdict h1")?.textContent;
        const unfolded = region.querySelector(".earlier")?.open;
        region.replaceChildren(...page.body.childNodes);
        if (unfolded) region.querySelector(".earlier")?.toggleAttribute("open", true);
        enhance(region);
        if (!held) continue;
        // Whoever answered goes on at what comes next; a screen reader says it. A new verdict is seen first.
        const next = region.querySelector("[data-next]");
        (next ?? document.querySelector("#main")).focus({ preventScroll: true });
        if (region.querySelector(".verdict h1")?.textContent !== former) region.scrollIntoView();
        else next?.scrollIntoView({ block: "nearest" });
      }
    }
  } catch {
    showNotice(say("broken"));
  } finally {
    region.removeAttribute("data-pending");
    if (progress.isConnected) progress.hidden = true;
  }
}

function enhance(region) {
  // Without scripts a form waits for the probe; with them the text's answer comes at once.
  region.querySelectorAll('input[name="wait"]').forEach((field) => field.remove());
  addCopyButtons(region);
  for (const form of region.querySelectorAll("form[data-refine]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      refine(new FormData(form, event.submitter));
    });
  }
  for (const form of region.querySelectorAll("form[data-feedback]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const key = form.elements.key;
      key.value ||= crypto.randomUUID?.() ?? "";
      const fields = new URLSearchParams(new FormData(form, event.submitter));
      const response = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
      const page = new DOMParser().parseFromString((await response?.text()) ?? "", "text/html");
      const said = document.createElement("p");
      said.setAttribute("role", "status");
      said.textContent = page.querySelector("[data-kept]")?.textContent ?? say("broken");
      form.querySelector("[role=status]")?.remove();
      if (response?.ok) form.replaceChildren(said); else form.append(said);
    });
  }
  for (const area of region.querySelectorAll("#say")) {
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && area.value.trim()) { event.preventDefault(); area.form.requestSubmit(area.nextElementSibling); }
    });
  }
  for (const form of region.querySelectorAll("form[data-ask]")) {
    const area = form.querySelector("textarea");
    form.addEventListener("submit", () => recent.add(area.value));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
    });
  }
}

function typeahead(form) {
  const input = form.querySelector("input");
  const panel = form.querySelector(".panel");
  const list = form.querySelector("#found");
  const count = form.querySelector("#found-count");
  const forget = form.querySelector(".forget");
  let active = -1;
  let asked = 0;
  const close = () => {
    panel.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const options = [...list.children];
    if (!options.length) return;
    active = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    input.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  };
  const show = (items, kept) => {
    const chosen = list.children[active]?.dataset.url;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...items.map(([title, small, url], at) => {
      const option = document.createElement("li");
      option.id = `found-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = url;
      option.textContent = title;
      if (small) {
        const note = document.createElement("small");
        note.textContent = small;
        option.append(note);
      }
      option.addEventListener("mousedown", (event) => { event.preventDefault(); location.assign(url); });
      return option;
    }));
    list.setAttribute("aria-label", kept ? say("recent") : form.querySelector("label").textContent);
    forget.hidden = !kept;
    panel.hidden = items.length === 0;
    count.textContent = items.length ? String(items.length) : "";
    input.setAttribute("aria-expanded", String(items.length > 0));
    // A reply that comes late does not take away what the arrow keys have chosen.
    const place = items.findIndex(([, , url]) => url === chosen);
    if (chosen && place >= 0) mark(place);
  };
  const search = (text) => `${prefix}/search?${new URLSearchParams({ q: text })}`;
  const showRecent = () => show(recent.read().map((text) => [text, "", search(text)]), true);
  input.addEventListener("input", async () => {
    const text = input.value;
    const turn = ++asked;
    if (!text.trim()) { showRecent(); return; }
    const wanted = new URLSearchParams({ q: text.slice(0, 200), lang: document.documentElement.lang });
    const response = await fetch(`${root}/api/v1/suggest?${wanted}`).catch(() => null);
    if (turn !== asked || !response?.ok) return;
    const found = (await response.json()).map((item) => [
      item.title, item.match === item.title ? `#${item.id}` : `#${item.id} · ${item.match}`, `${prefix}${item.url}`,
    ]);
    if (turn === asked) show([...found, [say("all").replace("{}", text), "", search(text)]], false);
  });
  input.addEventListener("focus", () => { if (!input.value) showRecent(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) { event.preventDefault(); close(); return; }
    if (panel.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); mark(active + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(active < 0 ? -1 : active - 1); }
    if (event.key === "Enter" && active >= 0) { event.preventDefault(); location.assign(list.children[active].dataset.url); }
  });
  form.addEventListener("submit", () => recent.add(input.value));
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  forget.addEventListener("click", () => { recent.clear(); close(); input.focus(); });
  return input;
}

// The section that is being read, in the contents.
function follow(toc) {
  const links = new Map([...toc.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-10% 0px -75% 0px" });
  links.forEach((_, id) => { const heading = document.getElementById(id); if (heading) seen.observe(heading); });
}

// Cards for links to solutions: the same module that pages elsewhere use; not needed by the first paint.
(window.requestIdleCallback ?? setTimeout)(async () => {
  const cards = await import(document.body.dataset.cards).catch(() => null);
  cards?.watch(`${location.origin}${root}/`, document.documentElement.lang);
});

// A shortcut of one character can be switched off (WCAG 2.1.4): speech input types letters into pages.
const SLASH = "errordesk:slash";
const slashes = {
  get off() { try { return localStorage.getItem(SLASH) === "off"; } catch { return false; } },
  toggle() { try { if (this.off) localStorage.removeItem(SLASH); else localStorage.setItem(SLASH, "off"); } catch { /* storage is forbidden */ } },
};
const switcher = document.querySelector("[data-slash]");
const name = () => { switcher.textContent = slashes.off ? switcher.dataset.noSlash : switcher.dataset.slash; };
switcher.addEventListener("click", () => { slashes.toggle(); name(); });
switcher.hidden = false;
name();

const find = typeahead(document.querySelector(".find"));
document.addEventListener("keydown", (event) => {
  const slash = event.key === "/" && !slashes.off && !typing(event) && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (slash || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey)) {
    event.preventDefault();
    find.focus();
    find.select();
  }
});
enhance(document);
document.querySelectorAll(".toc").forEach(follow);
// Served closed, so that nothing moves on a phone; beside the text they stand open.
document.querySelectorAll(".toc details, .filters details").forEach((aside) => { aside.open = matchMedia("(min-width: 62rem)").matches; });
if (document.querySelector("#answer[data-pending]")) {
  const fields = new URLSearchParams({ q: document.querySelector("#answer").dataset.question });
  for (const field of document.querySelectorAll("#answer input[type=hidden][name^='reader.']")) fields.set(field.name, field.value);
  refine(fields);
}
