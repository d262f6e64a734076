(() => {
  const wipe = document.querySelector(".wipe");
  if (!wipe) return;
  const range = wipe.querySelector("input");
  const show = () => {
    const before = Number(range.value);
    wipe.style.setProperty("--at", `${before}%`);
    range.setAttribute("aria-valuetext", `${before} % before, ${100 - before} % after`);
  };
  range.addEventListener("input", show);
  show();
  document.documentElement.classList.add("wiping");
})();
