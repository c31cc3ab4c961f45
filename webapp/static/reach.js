// The reader's own browser as a second connection: on a click, a frame asks and the answer is refined.

const LIMIT_MS = 13_000; // the frame gives up after 10 s
const LOCAL = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether browsers refuse this request because the page is secure and the address is not. */
function mixed(url) {
  const { protocol, hostname } = new URL(url);
  return location.protocol === "https:" && protocol === "http:" && !LOCAL.test(hostname);
}

function measured(source) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "";
  frame.src = source;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no word from the frame")), LIMIT_MS);
    addEventListener("message", function hear(event) {
      if (event.source !== frame.contentWindow || event.origin !== location.origin || event.data?.errordesk !== "reach") return;
      removeEventListener("message", hear);
      clearTimeout(timer);
      resolve(event.data);
    });
    document.body.append(frame);
  }).finally(() => frame.remove());
}

function set(form, name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  form.append(field);
}

async function ask(form) {
  const button = form.querySelector("[data-try]");
  const notice = form.querySelector(".notice");
  const say = (name) => {
    notice.textContent = form.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`];
    notice.hidden = false;
    form.querySelector(".byhand").hidden = name === "trying";
  };
  if (mixed(form.dataset.url)) { say("mixed"); return; }
  say("trying");
  button.disabled = true;
  try {
    const { reached, ms } = await measured(form.dataset.reach);
    if (!reached && form.dataset.doubt) { say(form.dataset.doubt); return; }
    set(form, "reader.browser_reached", String(reached));
    set(form, "reader.browser_time_ms", String(ms));
    if (form.isConnected) form.requestSubmit();
  } catch {
    say("broken");
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("form[data-reach]");
  if (form && event.target.closest("[data-try]")) ask(form);
});
