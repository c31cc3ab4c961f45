// Asks the one address of this frame, and tells the page around it whether an answer came and when.

const LIMIT_MS = 10_000;

async function ask(url) {
  // The policy allows the asked origin alone. That a redirect leads away is told as a violation: the
  // server was reached then, and the place it leads to is not asked.
  let sentOn = false;
  document.addEventListener("securitypolicyviolation", (event) => { sentOn ||= event.effectiveDirective === "connect-src"; });
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT_MS);
  const began = performance.now();
  const options = { mode: "no-cors", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", signal: stop.signal };
  let reached = await fetch(url, options).then(() => true, () => false);
  const ms = Math.round(performance.now() - began);
  clearTimeout(timer);
  stop.abort(); // the body is not wanted
  if (!reached) {
    await new Promise((resolve) => { setTimeout(resolve, 50); }); // a violation is told a moment later
    reached = sentOn;
  }
  return { reached, ms };
}

// Opened by itself it asks nothing; only pages of this site may hold it in a frame (frame-ancestors).
if (parent !== window) parent.postMessage({ errordesk: "reach", ...(await ask(document.body.dataset.url)) }, location.origin);
