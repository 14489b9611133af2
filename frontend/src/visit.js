// A visit as one entry of the browser's history: where a page asks for it, what is opened next takes its place.
export const isOneEntry = document.documentElement.dataset.history === "one";

export function open(address) {
  if (isOneEntry) location.replace(address);
  else location.assign(address);
}

async function showAnswer(form, body) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = document.importNode(page.getElementById("content"), true);
  content.tabIndex = -1;
  document.getElementById("content").replaceWith(content);
  document.title = page.title;
  history.replaceState(null, "", form.action);
  content.focus();
  window.scrollTo(0, 0);
}

export function keepOneEntry() {
  document.addEventListener("click", (event) => {
    const way = event.target.closest("a[href]");
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!way || !plain || event.defaultPrevented || way.target || way.origin !== location.origin) return;
    if (way.hash && way.pathname + way.search === location.pathname + location.search) return;
    event.preventDefault();
    open(way.href);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    event.preventDefault();
    const fields = new FormData(form, event.submitter);
    if (form.method === "post") {
      showAnswer(form, fields).catch(() => form.submit());
      return;
    }
    const address = new URL(form.action);
    address.search = new URLSearchParams(fields).toString();
    open(address);
  });
}
