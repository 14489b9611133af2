// Query workbench: the form of the query page works by itself. With script its field is an editor, an answer replaces
// the one before without a new page, can be cancelled, and its table can be sorted and filtered. The query stands in the
// fragment of the address (#query=…), which is sent to nobody; it goes to our own origin in the body of a request.
import { answerTools } from "./answer-tools.js";
import { sparqlEditor } from "./sparql-editor.js";

const FRAGMENT = "#query=";
const form = document.getElementById("ask");
if (form) start(form);

function start(form) {
  const field = form.elements.query;
  const words = form.dataset;
  const result = document.getElementById("result");
  const editor = sparqlEditor(field, form, { ask: () => form.requestSubmit() });
  const told = element("p", { role: "status", className: "standing" });
  const cancel = element("button", { type: "button", className: "quiet", textContent: words.cancel, hidden: true });
  const share = element("button", { type: "button", className: "quiet", textContent: words.share });
  let running = null;

  form.querySelector("button").parentElement.append(" ", share, " ", cancel);
  form.querySelector(".also").before(told);
  answerTools(result, words);

  async function ask(fields) {
    running?.stop();
    const token = crypto.randomUUID ? crypto.randomUUID() : String(crypto.getRandomValues(new Uint32Array(4)));
    const began = performance.now();
    const sending = new AbortController();
    const tick = () => {
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      told.textContent = words.running.replace("{seconds}", seconds);
    };
    const clock = setInterval(tick, 1000);
    const own = {
      stop(asWell = true) {
        clearInterval(clock);
        cancel.hidden = true;
        sending.abort();
        if (running === own) running = null;
        if (asWell) fetch(`${words.service}/sparql/${token}`, { method: "DELETE" }).catch(() => {});
      },
    };
    running = own;
    cancel.hidden = false;
    tick();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { Accept: "text/html", "X-Query-Token": token.replaceAll(",", "-") },
        signal: sending.signal,
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const shown = page.getElementById("result") ?? page.getElementById("content");
      if (running !== own) return;
      own.stop(false);
      told.textContent = "";
      result.replaceChildren(...document.importNode(shown, true).childNodes);
      answerTools(result, words);
      const heading = result.querySelector("h2");
      if (heading) {
        heading.tabIndex = -1;
        heading.focus();
      }
    } catch {
      if (running !== own) return;
      own.stop(false);
      told.textContent = words.failed;
    }
  }

  cancel.addEventListener("click", () => {
    running?.stop();
    told.textContent = words.cancelled;
    editor.focus();
  });

  share.addEventListener("click", async () => {
    keepInAddress(field.value);
    try {
      await navigator.clipboard.writeText(location.href);
      told.textContent = words.copied;
    } catch {
      told.textContent = words.notCopied;
    }
  });

  document.addEventListener("submit", (event) => {
    const asked = event.target;
    const button = event.submitter;
    if (asked.action !== form.action || (asked !== form && !result.contains(asked))) return;
    if (button?.hasAttribute("formaction")) return; // a file
    event.preventDefault();
    const fields = new FormData(asked, button ?? undefined);
    if (asked !== form) editor.replace(fields.get("query"));
    keepInAddress(fields.get("query"));
    ask(fields);
  });

  function take() {
    if (!location.hash.startsWith(FRAGMENT)) return;
    let query;
    try {
      query = decodeURIComponent(location.hash.slice(FRAGMENT.length));
    } catch {
      return; // not one of ours
    }
    if (query === field.value) return;
    editor.replace(query);
    form.requestSubmit();
  }
  window.addEventListener("hashchange", take);
  take();

  function keepInAddress(query) {
    history.replaceState(null, "", form.action + FRAGMENT + encodeURIComponent(query));
  }
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
