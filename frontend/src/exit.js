// Quick exit: the link works by itself. With script it also replaces this page in the history, so that Back does not
// return here, and pressing Shift three times does the same. Where a page asks for it, a link within this site replaces
// the page too: a whole visit is one entry of the history, which the exit then takes away.
const WITHIN = 1500; // milliseconds from the first press to the third
const PRESSES = 3;

const link = document.getElementById("exit");
if (link) {
  let presses = [];

  const show = () => {
    link.dataset.presses = presses.length;
  };

  const leave = () => {
    document.title = "";
    document.documentElement.classList.add("leaving");
    window.location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      show();
      return;
    }
    if (event.repeat) return;
    presses = [...presses.filter((time) => event.timeStamp - time < WITHIN), event.timeStamp];
    show();
    setTimeout(() => {
      presses = presses.filter((time) => time !== event.timeStamp);
      show();
    }, WITHIN);
    if (presses.length >= PRESSES) leave();
  });
}

if (document.documentElement.dataset.history === "one") {
  document.addEventListener("click", (event) => {
    const way = event.target.closest("a[href]");
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!way || !plain || event.defaultPrevented || way.target || way.origin !== location.origin) return;
    if (way.hash && way.pathname + way.search === location.pathname + location.search) return;
    event.preventDefault();
    location.replace(way.href);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "get") return;
    event.preventDefault();
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form)).toString();
    location.replace(address);
  });
}
