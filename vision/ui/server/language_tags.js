(others) => {
  const words = window.gradio_config.i18n_translations ?? {};
  for (const [language, names] of Object.entries(others))
    for (const name of names) words[name] = words[language];
}
