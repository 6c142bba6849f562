(off) => {  // a slider holds a power of ten; its head says the weight
  const language = document.documentElement.lang || undefined;
  const plain = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  for (const slider of document.querySelectorAll("#style-weights input[type=range]")) {
    const power = Number(slider.value), weight = plain.format(power > off ? 10 ** power : 0);
    slider.closest(".block").querySelector(".tab-like-container").dataset.weight = weight;
    slider.setAttribute("aria-valuetext", weight);
  }
}
