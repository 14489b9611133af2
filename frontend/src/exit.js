// Quick exit: the link works by itself. With script it also replaces this page in the history, so that Back does not
// return here, and pressing Shift three times does the same. Where a page asks for it, a link within this site replaces
// the page too: a whole visit is one entry of the history, which the exit then takes away.
import { isOneEntry, keepOneEntry } from "./visit.js";

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

if (isOneEntry) keepOneEntry();
