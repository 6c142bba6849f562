async (editor, button) => {
  let before = '', still = 0;
  for (let frame = 0; frame < 900 && still < 45; frame++) {  // an editor fits its picture in steps
    await new Promise(requestAnimationFrame);
    const canvas = document.querySelector(`#${editor} canvas`);
    const now = canvas ? JSON.stringify(canvas.getBoundingClientRect()) +
      document.getElementById(editor).innerText : '';
    still = now && now === before ? still + 1 : 0;
    before = now;
  }
  document.getElementById(button)?.click();
}
