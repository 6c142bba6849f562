() => {
  const mend = () => {
    for (const button of document.querySelectorAll("button:not([aria-label]), [data-named]")) {
      const picture = button.querySelector("img");
      if (!picture || button.innerText.trim()) continue;
      const label = button.closest(".block")?.querySelector("[data-testid=block-label]");
      const file = picture.src.split("/").pop().split(".")[0];
      button.setAttribute("aria-label", label?.innerText.trim() || decodeURIComponent(file));
      button.dataset.named = "";
    }
    for (const blank of document.querySelectorAll(".empty[aria-label]:not([role])"))
      blank.setAttribute("role", "img");
  };
  new MutationObserver(mend).observe(document.body,
    {childList: true, subtree: true, attributeFilter: ["src"]});
  mend();
}
