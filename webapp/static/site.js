// Enhancements over pages that work without them: live probe, typeahead, copy buttons.

const typed = (event) => /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;

// Without scripts a form waits for the probe; with them the text's answer comes at once.
const unwait = (root) => root.querySelectorAll('input[name="wait"]').forEach((field) => field.remove());

function addCopyButtons(root) {
  for (const block of root.querySelectorAll("pre")) {
    if (block.nextElementSibling?.matches("[data-copier]")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.copier = "";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent.trim());
      button.textContent = "Copied";
    });
    block.after(button);
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
  item.textContent = `${step.vantage}, ${step.layer}: ${step.summary} (${step.duration_ms.toFixed(1)} ms)`;
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
  try {
    const response = await fetch("/ask/stream", { method: "POST", body: new URLSearchParams(fields) });
    if (!response.ok) throw new Error(String(response.status));
    for await (const [name, data] of events(response)) {
      if (name === "step") showStep(progress.querySelector("ol"), data);
      if (name === "problem") showNotice(data);
      if (name === "answer") {
        const held = region.contains(document.activeElement) && document.activeElement !== document.body;
        const page = new DOMParser().parseFromString(data, "text/html");
        region.replaceChildren(...page.body.childNodes);
        enhance(region);
        if (held) document.querySelector("#main").focus({ preventScroll: true });
      }
    }
  } catch {
    showNotice("The check did not finish. Please try again.");
  } finally {
    if (progress.isConnected) progress.hidden = true;
  }
}

function enhance(root) {
  unwait(root);
  addCopyButtons(root);
  for (const form of root.querySelectorAll("form[data-refine]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      refine(new FormData(form, event.submitter));
    });
  }
}

function typeahead(input, list) {
  let active = -1;
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const options = [...list.children];
    active = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    input.setAttribute("aria-activedescendant", options[active].id);
  };
  input.addEventListener("input", async () => {
    const text = input.value;
    const found = text.trim() ? await (await fetch(`/api/v1/suggest?q=${encodeURIComponent(text)}`)).json() : [];
    if (text !== input.value) return;
    list.replaceChildren(...found.map((item, at) => {
      const option = document.createElement("li");
      option.id = `found-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = item.url;
      option.textContent = `${item.title} #${item.id}`;
      option.addEventListener("mousedown", () => location.assign(item.url));
      return option;
    }));
    close();
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); mark(active + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(active - 1); }
    if (event.key === "Escape") { event.preventDefault(); close(); }
    if (event.key === "Enter" && active >= 0) { event.preventDefault(); location.assign(list.children[active].dataset.url); }
  });
  input.addEventListener("blur", close);
}

const find = document.querySelector("#find");
typeahead(find, document.querySelector("#found"));
document.addEventListener("keydown", (event) => {
  const slash = event.key === "/" && !typed(event) && !event.ctrlKey && !event.metaKey;
  if (slash || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    find.focus();
  }
});
enhance(document);
const pending = document.querySelector("#answer[data-pending]");
if (pending) {
  const form = document.querySelector("#answer form[data-refine]");
  refine(form ? new FormData(form) : { q: document.querySelector("#q").value });
}
