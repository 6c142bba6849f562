() => {
  for (const button of document.querySelectorAll("[id^=app-language-]")) {
    const language = button.id.slice("app-language-".length);
    button.lang = language;
    button.setAttribute("aria-pressed", document.documentElement.lang === language);
  }
}
