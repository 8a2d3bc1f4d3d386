// Runs before the first paint: theme and width of the navigation, as this person left them on this device. A theme
// among the settings of the person comes with the page, and is what every device goes by from then on.
"use strict";

(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const stored = (key) => {
    try {
      return localStorage.getItem(`throughline.${key}`);
    } catch {
      return null; // storage is switched off: the system decides
    }
  };

  const served = root.dataset.themeChoice;
  if (served) {
    try {
      localStorage.setItem("throughline.theme", served);
    } catch {
      // storage is switched off: the page says it each time
    }
  }

  const apply = () => {
    const choice = stored("theme") ?? served;
    const chosen = choice === "light" || choice === "dark";
    root.dataset.bsTheme = chosen ? choice : dark.matches ? "dark" : "light";
    root.dataset.themeChoice = chosen ? choice : "system";
    root.classList.toggle("nav-strip", stored("nav") === "strip");
  };

  root.classList.add("js");
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply); // another tab changed it
  addEventListener("throughline:look", apply);
})();
