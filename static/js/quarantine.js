// Deciding about posts from the keyboard: r lets the row with the focus in, b throws it away; the next row gets the focus.
// Runs after rows.js and keys.js, which move, tick and look at rows. The buttons work without it.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("#list tbody tr")];
  let place = -1; // of the row that was decided last

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#list [data-decide]");
    if (button) {
      place = rows().indexOf(button.closest("tr"));
    }
  });

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("#list tbody tr");
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.defaultPrevented || modified || !row || document.querySelector("dialog[open]")) {
      return;
    }
    const button = row.querySelector(`[data-decide="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "list" && place >= 0) {
      const left = rows();
      left[Math.min(place, left.length - 1)]?.querySelector(".is-name a")?.focus();
      place = -1;
    }
  });
})();
