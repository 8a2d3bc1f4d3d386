// Charts of reports: canvases with data-chart. The table below each says the same, so they are hidden from those who
// listen; a click on a bar opens the list that the cell of the table opens.
(() => {
  "use strict";

  const SERIES = 9;

  function colours(figure) {
    const tones = [...figure.querySelectorAll(".chart-tones i")].map((one) => getComputedStyle(one).color);
    return { series: tones.slice(0, SERIES), text: tones[SERIES], grid: tones[SERIES + 1] };
  }

  function options(data, tones) {
    const number = new Intl.NumberFormat(document.documentElement.lang || undefined, { maximumFractionDigits: 0 });
    const axis = { stacked: data.stacked, ticks: { color: tones.text }, grid: { color: tones.grid } };
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 200 },
      scales: {
        x: { ...axis, grid: { display: false } },
        y: { ...axis, beginAtZero: true, ticks: { color: tones.text, precision: 0, callback: (value) => number.format(value) } },
      },
      plugins: {
        legend: { position: "bottom", labels: { color: tones.text, boxWidth: 12, boxHeight: 12 } },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${number.format(item.raw)}` } },
      },
      onClick: (_event, [hit]) => {
        const url = hit && data.series[hit.datasetIndex].urls[hit.index];
        if (url) window.location.assign(url);
      },
      onHover: (event, [hit]) => {
        const url = hit && data.series[hit.datasetIndex].urls[hit.index];
        event.native.target.classList.toggle("is-link", Boolean(url));
      },
    };
  }

  function draw(canvas) {
    const data = JSON.parse(canvas.dataset.chart);
    const tones = colours(canvas.closest("figure"));
    const datasets = data.series.map((one, place) => ({
      label: one.label,
      data: one.values,
      backgroundColor: tones.series[place % SERIES],
      maxBarThickness: 48,
      borderRadius: 2,
    }));
    return new window.Chart(canvas, { type: "bar", data: { labels: data.labels, datasets }, options: options(data, tones) });
  }

  function start() {
    if (!window.Chart) return;
    window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const canvases = [...document.querySelectorAll("canvas[data-chart]")];
    let charts = canvases.map(draw);
    const again = () => {
      charts.forEach((chart) => chart.destroy());
      charts = canvases.map(draw);
    };
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }

  start();
})();
