// The browser's calendar for days that are typed in a chosen format: it opens over the text, and what is picked is
// written as the format writes it.
"use strict";

(() => {
  const two = (number) => String(number).padStart(2, "0");

  // Patterns are those of CLDR: d, dd, MM, MMM, y; HH, h, mm, a.
  const written = (iso, { date, time, months }) => {
    const [day, clock = ""] = iso.split("T");
    const [y, M, d] = day.split("-").map(Number);
    const parts = { y: String(y), MMM: months.split("|")[M - 1], MM: two(M), dd: two(d), d: String(d) };
    const words = date.replace(/MMM|MM|dd|d|y/g, (part) => parts[part]);
    if (!clock) {
      return words;
    }
    const [H, m] = clock.split(":").map(Number);
    const hours = { HH: two(H), h: String(H % 12 || 12), mm: two(m), a: H < 12 ? "am" : "pm" };
    return `${words} ${(time || "HH:mm").replace(/HH|mm|h|a/g, (part) => hours[part])}`;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-picker]");
    if (!button) {
      return;
    }
    const text = button.parentElement.querySelector("input");
    const calendar = document.createElement("input");
    calendar.type = button.dataset.picker;
    calendar.className = "picks-calendar";
    calendar.tabIndex = -1;
    button.after(calendar);
    calendar.addEventListener("change", () => {
      if (calendar.value) {
        text.value = written(calendar.value, button.dataset);
        text.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    calendar.addEventListener("blur", () => calendar.remove());
    calendar.focus();
    calendar.showPicker();
  });
})();
