// What is pasted, dropped or sent is freed of secrets here first, and the reader is told which.

import { removeSecrets } from "./secrets.js";

const KEPT = "errordesk:removed";
const MOST = 250_000; // characters of a HAR; encoded for sending they are up to three times as many
const BOX = "form[data-ask], form#talk";
const words = document.body.dataset;

function said(found) {
  const parts = Object.entries(found).map(([kind, count]) => `${count} × ${words[`kind${kind[0].toUpperCase()}${kind.slice(1)}`] ?? kind}`);
  return words.sayRemoved.replace("{}", parts.join(", "));
}

function tell(form, text) {
  let notice = form.querySelector(".removed");
  if (!notice) {
    notice = document.createElement("p");
    notice.className = "notice removed";
    notice.setAttribute("role", "status");
    form.append(notice);
  }
  notice.textContent = text;
}

/** Put `text` in place of what is selected, without its secrets. */
function insert(area, text, whole = false) {
  const clean = removeSecrets(text);
  if (whole) area.value = clean.text;
  else area.setRangeText(clean.text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  if (Object.keys(clean.found).length) tell(area.form, said(clean.found));
}

const failed = (entry) => entry._error || entry.response?._error || !(entry.response?.status > 0 && entry.response.status < 400);
const pairs = (fields) => (Array.isArray(fields) ? fields.filter((field) => !/cookie/i.test(field?.name)) : []);

/** A HAR as small as its diagnosis needs: failures and documents, no bodies, no cookies. */
function lighter(text) {
  let entries;
  try { entries = JSON.parse(text).log.entries; } catch { return text; }
  if (!Array.isArray(entries)) return text;
  const chosen = entries.filter((entry) => failed(entry) || /document|navigation/.test(entry._resourceType ?? "document")).slice(-40);
  const slim = chosen.map(({ _resourceType, _error, request = {}, response = {}, timings = {} }) => ({
    _resourceType, _error,
    request: { method: request.method, url: request.url, headers: pairs(request.headers) },
    response: { status: response.status, statusText: response.statusText, _error: response._error, headers: pairs(response.headers), content: { mimeType: response.content?.mimeType } },
    timings: { wait: timings.wait },
  }));
  let packed = "";
  do { packed = JSON.stringify({ log: { entries: slim } }); } while (packed.length > MOST && slim.shift());
  return packed;
}

async function read(form, file) {
  const area = form.querySelector("textarea");
  const text = await file.text();
  if (text.includes("\0")) { tell(form, words.sayBinary); return; }
  const har = /^\s*\{/.test(text) && text.includes('"entries"');
  insert(area, har ? lighter(text) : text, true);
}

const box = (event) => event.target.closest?.(BOX);

document.addEventListener("paste", (event) => {
  const form = box(event);
  if (!form || event.target.tagName !== "TEXTAREA" || !event.clipboardData) return;
  const [file] = event.clipboardData.files;
  const text = event.clipboardData.getData("text/plain");
  if (file && !text) { event.preventDefault(); read(form, file); return; }
  if (removeSecrets(text).text === text) return; // the browser's own paste can be undone
  event.preventDefault();
  insert(event.target, text);
});

document.addEventListener("dragover", (event) => {
  if (box(event) && event.dataTransfer?.types.includes("Files")) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const form = box(event);
  const file = event.dataTransfer?.files[0];
  if (!form || !file) return;
  event.preventDefault();
  read(form, file);
});

// Before every other listener: what was typed is looked at as well.
document.addEventListener("submit", (event) => {
  const form = box(event);
  const area = form?.querySelector("textarea");
  if (!area) return;
  const clean = removeSecrets(area.value);
  area.value = clean.text;
  if (Object.keys(clean.found).length) tell(form, said(clean.found));
  const notice = form.querySelector(".removed")?.textContent;
  // A turn of a conversation is answered in place: no page follows that could say it.
  try { if (notice && form.matches("[data-ask]")) sessionStorage.setItem(KEPT, notice); } catch { /* storage is full or forbidden */ }
}, true);

// The page of the answer says once more what was not sent.
try {
  const notice = sessionStorage.getItem(KEPT);
  const asked = document.querySelector("#answer .asked");
  if (notice && asked) {
    const line = document.createElement("p");
    line.className = "removed";
    line.textContent = notice;
    asked.after(line);
  }
  sessionStorage.removeItem(KEPT);
} catch { /* as above */ }
