// Quick exit: the link works by itself. With script it also replaces this page in the history,
// so that Back does not return here, and pressing Shift three times does the same.
const WITHIN = 1500; // milliseconds from the first press to the third

const link = document.getElementById("exit");
if (link) {
  let presses = [];

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
      return;
    }
    if (event.repeat) return;
    presses = [...presses.filter((time) => event.timeStamp - time < WITHIN), event.timeStamp];
    if (presses.length >= 3) leave();
  });
}
