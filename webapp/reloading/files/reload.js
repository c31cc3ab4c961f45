// Looks whether the content has changed and shows the page anew: for writers only. Polling rather
// than events, since each open page would hold a connection that outlives it by a while.
const tag = document.getElementById("reload-script");
const EVERY_MS = 500;

async function changed() {
  try {
    const response = await fetch(tag.dataset.state, { cache: "no-store" });
    return response.ok && (await response.json()).mark !== tag.dataset.mark;
  } catch {
    return false; // the server is being restarted
  }
}

function offer() {
  // Fetching the answer to a form anew would send the form again.
  const banner = document.getElementById("reload-banner");
  banner.hidden = false;
  document.getElementById("reload-said").textContent = "The content has changed. Ask again to see it here.";
}

async function look() {
  if (!document.hidden && (await changed())) {
    if (!("posted" in tag.dataset)) return location.reload();
    return offer();
  }
  setTimeout(look, EVERY_MS);
}

look();
